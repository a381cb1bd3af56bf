import { readIpv4 } from '../../wire/ip/address.ts';
import { type Filter, shared } from '../filter.ts';
import { type PeerName, peerName } from '../peers/peer-name.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule, Hit } from '../rule.ts';

const TELL = [
  {
    platform: '*',
    text: 'Tell the owner of the server: its provider sets the PTR record, and its zone the address. Or name the network in exempt.',
  },
] as const;

export const noName: EdgeRule = {
  id: 'name/none',
  severity: 'low',
  title: 'The address of a stranger has no name in DNS',
  why: 'Mail servers have one. Machines that were broken into, and lines of households, often have none.',
  remedy: TELL,
  references: ['RFC 5321 §4.1.4', 'RFC 1912 §2.1'],
  threat: 'attack/phishing',
  action: 'score',
  score: 2,
  reply: REPLIES.notServed,
};
export const falseName: EdgeRule = {
  id: 'name/unconfirmed',
  severity: 'low',
  title: 'The name of a stranger’s address does not lead back to it',
  why: 'Whoever holds an address may give it any name, that of a bank as well.',
  remedy: TELL,
  references: ['RFC 1912 §2.1', 'RFC 8601 §2.7.3'],
  threat: 'attack/phishing',
  action: 'score',
  score: 1.5,
  reply: REPLIES.notServed,
};
export const lineName: EdgeRule = {
  id: 'name/of-a-line',
  severity: 'info',
  title: 'The name of a stranger’s address is made of the address, as providers name the lines of households',
  why: 'Mail servers have names somebody chose. The machines of households send through their provider, unless somebody else sends through them.',
  remedy: TELL,
  references: ['RFC 5321 §7.9'],
  threat: 'attack/phishing',
  action: 'score',
  score: 1,
  reply: REPLIES.notServed,
};

/** Looks up who is there: a name that leads back to the address, and that is not the address spelled out. No answer is no hit. */
export const reverseNames: Filter = {
  name: 'reverse-name',
  rules: [noName, falseName, lineName],
  prepare(tools) {
    if (!tools.options.controls.names) return null;
    const judge = (address: string, found: PeerName): Hit | undefined => {
      if (found.kind === 'none') return { rule: noName, because: address };
      if (found.kind === 'unconfirmed')
        return { rule: falseName, because: `${address} says ${found.name}, which is not there` };
      return found.kind === 'confirmed' && spellsAddress(found.name, address)
        ? { rule: lineName, because: `${address} is ${found.name}` }
        : undefined;
    };
    return shared({
      connect({ peer }) {
        if (peer.exempt || peer.inside) return undefined;
        const found = peerName(peer.address, tools);
        return found instanceof Promise ? found.then((name) => judge(peer.address, name)) : judge(peer.address, found);
      },
    });
  },
};

/** True if the labels hold at least three of the four numbers of the address, as `host-7-2-0-192.pool.example` does. */
function spellsAddress(name: string, address: string): boolean {
  const four = readIpv4(address);
  if (four === null) return false;
  const numbers = new Set((name.match(/\d+/g) ?? []).map(Number));
  const distinct = new Set(four);
  let held = 0;
  for (const part of distinct) if (numbers.has(part)) held++;
  return held >= Math.min(3, distinct.size) && held > 1;
}
