import { isInside } from '../../wire/ip/address.ts';
import { type Filter, shared } from '../filter.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule } from '../rule.ts';

export const ourName: EdgeRule = {
  id: 'hello/our-name',
  severity: 'medium',
  title: 'A stranger says hello with our own name or address',
  why: 'Old rules trust whoever bears the own name. No honest server says it to us.',
  remedy: [{ platform: '*', text: 'If it is one of your own servers, name its network in exempt.' }],
  references: ['RFC 5321 §4.1.1.1', 'RFC 7208 §2.4'],
  threat: 'attack/engine',
  action: 'refuse',
  reply: REPLIES.badHello,
};
export const bareAddress: EdgeRule = {
  id: 'hello/no-name',
  severity: 'info',
  title: 'A stranger says hello with a bare address or a name without a dot',
  why: 'Mail servers have names. Machines that were broken into often have none.',
  remedy: [{ platform: '*', text: 'Tell the owner to give the server its name.' }],
  references: ['RFC 5321 §4.1.4'],
  threat: 'attack/phishing',
  action: 'score',
  score: 1,
  reply: REPLIES.badHello,
};

/** What a peer calls itself: never our name, and better a name than none. */
export const helloName: Filter = {
  name: 'hello-name',
  rules: [ourName, bareAddress],
  prepare({ options: { hostName, domains } }) {
    return shared({
      hello({ peer, hello }) {
        if (peer.exempt || peer.inside) return undefined;
        const name = hello.name.toLowerCase().replace(/\.$/, '');
        const literal = name.startsWith('[') ? name.slice(1, -1).replace(/^ipv6:/, '') : null;
        const local = /^localhost(?:\.localdomain)?$/.test(name) && !isInside(peer.address);
        const ours = name === hostName || domains.has(name) || local;
        // Our own address counts only where it is not the peer's too.
        if (ours || (literal === peer.to.address && peer.address !== peer.to.address))
          return { rule: ourName, because: `hello ${name}` };
        return literal === null && (!name.includes('.') || /^[\d.]+$/.test(name))
          ? { rule: bareAddress, because: `hello ${name}` }
          : undefined;
      },
    });
  },
};
