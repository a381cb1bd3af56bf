import { isInside, reverseName } from '../../wire/ip/address.ts';
import { type Filter, shared } from '../filter.ts';
import { noteVouched } from '../peers/acquaintance.ts';
import { openDnsList } from '../peers/dns-list.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule, Hit } from '../rule.ts';

export const listed: EdgeRule = {
  id: 'dns-list/listed',
  severity: 'medium',
  title: 'The peer is on a list of senders of spam',
  why: 'Somebody else saw it send what nobody asked for.',
  remedy: [
    {
      platform: '*',
      text: 'The owner of the address can ask the list to take it off. Lower the list’s score if it errs often.',
    },
  ],
  references: ['RFC 5782 §2'],
  threat: 'attack/phishing',
  action: 'score',
  score: 5,
  reply: REPLIES.notServed,
};
export const vouched: EdgeRule = {
  id: 'dns-list/vouched',
  severity: 'info',
  title: 'The peer is on a list of senders that others vouch for',
  why: 'Nothing is gained here by an attacker: it counts for the peer, and spares honest mail the wait.',
  remedy: [{ platform: '*', text: 'Nothing. Take the list out of dnsLists if it vouches for senders of spam.' }],
  references: ['RFC 5782 §2.2'],
  threat: 'attack/phishing',
  action: 'score',
  score: -3,
  reply: REPLIES.notServed,
};

/**
 * Asks lists of addresses in DNS: those that warn (a score above 0) and those that vouch (below). A list that cannot be believed is not asked,
 * an answer that says that we may not ask is no listing, and no answer is no hit.
 */
export const dnsList: Filter = {
  name: 'dns-list',
  rules: [listed, vouched],
  prepare(tools) {
    const lists = tools.options.controls.dnsLists.map((list) => ({ ...list, ask: openDnsList(list, tools) }));
    if (lists.length === 0) return null;
    return shared({
      async connect({ peer }): Promise<Hit | undefined> {
        const name = reverseName(peer.address);
        if (peer.exempt || name === null || isInside(peer.address)) return undefined;
        const label = name.replace(/\.(?:in-addr|ip6)\.arpa$/, '');
        const asked = await Promise.all(
          lists.map(async ({ zone, score, ask }) => ({ zone, score, codes: await ask(label) })),
        );
        const found = asked.filter(({ codes }) => codes !== null);
        if (found.length === 0) return undefined;
        const score = found.reduce((sum, one) => sum + one.score, 0);
        if (score < 0) noteVouched(tools.counters, peer.address, tools.clock.now());
        return {
          rule: score < 0 ? vouched : listed,
          because: found.map(({ zone, codes }) => `${zone} (${codes?.join(', ')})`).join(', '),
          score,
        };
      },
    });
  },
};
