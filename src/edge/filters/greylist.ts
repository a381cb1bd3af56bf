import { untagged } from '../../wire/address/bounce-tag.ts';
import { networkOf } from '../../wire/ip/networks.ts';
import { type Mailbox, showMailbox } from '../../wire/smtp/path.ts';
import { type Filter, shared } from '../filter.ts';
import { isKnown, isVouched } from '../peers/acquaintance.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule, Hit } from '../rule.ts';
import type { Stages } from '../stage.ts';

export const firstTime: EdgeRule = {
  id: 'greylist/first-time',
  severity: 'info',
  title: 'A suspect writes to this recipient for the first time',
  why: 'Mail servers come again after a few minutes. Engines that spray mail do not.',
  remedy: [{ platform: '*', text: 'Name the sender’s network in exempt; or set greylist.who to nobody.' }],
  references: ['RFC 6647 §3'],
  threat: 'attack/engine',
  action: 'defer',
  reply: REPLIES.notYet,
};

/** Who has not come again by then does not: servers try on for days (RFC 5321 §4.5.4.1), engines leave millions of first tries behind. Milliseconds. */
const RETRIED = 5 * 86_400_000;

/**
 * Defers the first try of a suspect for a pair of sender and recipient; who comes again after a while is remembered, and with him his
 * network for that pair, since large senders come again from another address. Known peers, those others vouch for, named senders and networks, and
 * by default all who are no suspects, are not asked.
 */
export const greylist: Filter = {
  name: 'greylist',
  rules: [firstTime],
  prepare({ options, counters, clock }) {
    const { who, wait, remember, senders, networks } = options.controls.greylist;
    if (who === 'nobody') return null;
    const judge = ({ peer, envelope, recipient }: Stages['rcpt']): Hit | undefined => {
      const now = clock.now();
      if (isKnown(counters, peer.address, now) || isVouched(counters, peer.address, now)) return undefined;
      if (networks.has(peer.address) || (envelope.sender !== null && senders.has(envelope.sender.domain)))
        return undefined;
      const network = networkOf(peer.address, 24, 64);
      const sender = envelope.sender === null ? '' : senderOf(envelope.sender);
      const key = `grey:${network} ${sender} ${showMailbox(recipient.mailbox).toLowerCase()}`;
      const since = counters.get(key, now);
      if (since === 'passed') return undefined;
      if (since !== undefined && now - Number(since) >= wait) {
        counters.set(key, 'passed', now + remember);
        return undefined;
      }
      if (since === undefined) counters.set(key, String(now), now + Math.min(remember, RETRIED));
      return { rule: firstTime, because: `${network}, ${sender}` };
    };
    return shared({
      rcpt: (seen) => {
        if (seen.peer.exempt || seen.peer.inside) return undefined;
        return who === 'strangers' || seen.score >= options.controls.greylist.score ? judge(seen) : undefined;
      },
    });
  },
};

/** A sender without a tag that is another one each day. */
function senderOf({ local, domain }: Mailbox): string {
  return showMailbox({ local: untagged(local), domain }).toLowerCase();
}
