import type { Bucket } from '../../store/counters.ts';
import { networkOf, sharedNetwork } from '../../wire/ip/networks.ts';
import { type Mailbox, showMailbox } from '../../wire/smtp/path.ts';
import type { ClassRates, Rate } from '../controls.ts';
import { type Filter, shared } from '../filter.ts';
import { type Acquaintance, acquaintanceOf, noteGood } from '../peers/acquaintance.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule, Hit } from '../rule.ts';

const WIDEN = [
  { platform: '*', text: 'Name the networks of your own relays in exempt; or widen the rate of that name in rates.' },
] as const;

export const connectionRate: EdgeRule = {
  id: 'rate/connections',
  severity: 'low',
  title: 'A peer connects more often than is usual',
  why: 'Guesses, probes and floods come as fast as they are answered.',
  remedy: WIDEN,
  references: ['RFC 5321 §7.8'],
  threat: 'attack/engine',
  action: 'hang-up',
  reply: REPLIES.busy,
};
export const messageRate: EdgeRule = {
  id: 'rate/messages',
  severity: 'medium',
  title: 'A peer sends more messages than is usual',
  why: 'A flood fills mailboxes, disks and the time of those who read.',
  remedy: WIDEN,
  references: ['RFC 5321 §7.8'],
  threat: 'attack/engine',
  action: 'defer',
  reply: REPLIES.tooFast,
};
export const recipientRate: EdgeRule = {
  id: 'rate/recipients',
  severity: 'medium',
  title: 'A peer writes to more recipients than is usual',
  why: 'One message to a thousand is the same flood with less effort.',
  remedy: WIDEN,
  references: ['RFC 5321 §7.8'],
  threat: 'attack/engine',
  action: 'defer',
  reply: REPLIES.tooFast,
};
export const senderRate: EdgeRule = {
  id: 'rate/of-sender',
  severity: 'low',
  title: 'One sender address writes more than is usual, from wherever',
  why: 'Many machines that use one address are one campaign.',
  remedy: WIDEN,
  references: ['RFC 5321 §7.8'],
  threat: 'attack/engine',
  action: 'defer',
  reply: REPLIES.tooFast,
};
export const domainRate: EdgeRule = {
  id: 'rate/of-domain',
  severity: 'low',
  title: 'Strangers write in the name of one domain more than is usual, from wherever',
  why: 'A campaign changes its sender’s address with each letter, and its machines; the domain it pretends to be stays.',
  remedy: WIDEN,
  references: ['RFC 5321 §7.8'],
  threat: 'attack/engine',
  action: 'defer',
  reply: REPLIES.tooFast,
};
export const mailboxRate: EdgeRule = {
  id: 'rate/to-recipient',
  severity: 'low',
  title: 'One mailbox gets more messages than is usual, from wherever',
  why: 'A mailbox that is buried under letters hides the one that matters.',
  remedy: WIDEN,
  references: ['RFC 5321 §7.8'],
  threat: 'attack/engine',
  action: 'defer',
  reply: REPLIES.tooFast,
};

/** A network of strangers has what this many of them have. */
const NETWORK_SHARE = 8;

/**
 * Counts by leaky buckets: per address (/64), per network (/24, /48), per sender and its domain, per recipient. What known peers send in the name of
 * somebody, or to him, is counted apart from what strangers do: a flood in the name of a large provider must not keep his own mail out. Mail of
 * the inside is counted by `account-rate`.
 */
export const rate: Filter = {
  name: 'rate',
  rules: [connectionRate, messageRate, recipientRate, senderRate, domainRate, mailboxRate],
  prepare({ options, counters, clock }) {
    const { rates: allowedRates } = options.controls;
    const overflow = (key: string, { burst, perMinute }: Rate, now: number): boolean => {
      const bucket: Bucket = { capacity: burst, perSecond: perMinute / 60 };
      return counters.pour(key, 1, bucket, now).full;
    };
    /** A hit if an address, or the network around it, has used up what it may do of one kind. */
    const ofPeer = (
      kind: string,
      rates: ClassRates,
      rule: EdgeRule,
      address: string,
      acquaintance: Acquaintance,
    ): Hit | undefined => {
      const now = clock.now();
      const allowed = rates[acquaintance];
      if (overflow(`${kind}:${sharedNetwork(address)}`, allowed, now))
        return { rule, because: `${address} more than ${allowed.perMinute} a minute` };
      if (acquaintance === 'known') return undefined;
      const network = networkOf(address, 24, 48);
      const { burst, perMinute } = rates.fresh;
      const shared = { burst: NETWORK_SHARE * burst, perMinute: NETWORK_SHARE * perMinute };
      return overflow(`${kind}:${network}`, shared, now)
        ? { rule, because: `${network} more than ${shared.perMinute} a minute` }
        : undefined;
    };
    /** A hit if somebody, whoever the peers are, has used up what may come from or to him. */
    const ofName = (kind: string, name: string, allowed: Rate, rule: EdgeRule, known: boolean): Hit | undefined =>
      overflow(`${kind}${known ? '-of-known' : ''}:${name}`, allowed, clock.now())
        ? { rule, because: `${name} more than ${allowed.perMinute} a minute` }
        : undefined;
    const { perSender, perDomain, perRecipient } = allowedRates;
    return shared({
      connect({ peer: { address, exempt } }) {
        if (exempt) return undefined;
        const acquaintance = acquaintanceOf(counters, address, clock.now());
        return ofPeer('connection', allowedRates.connections, connectionRate, address, acquaintance);
      },
      mail({ peer: { address, exempt, inside }, envelope: { sender } }) {
        if (exempt || inside) return undefined;
        const acquaintance = acquaintanceOf(counters, address, clock.now());
        const hit = ofPeer('message', allowedRates.messages, messageRate, address, acquaintance);
        if (hit !== undefined || sender === null) return hit;
        const known = acquaintance === 'known';
        const ofSender = ofName('sender', showMailbox(sender).toLowerCase(), perSender, senderRate, known);
        if (ofSender !== undefined || known) return ofSender;
        return ofName('domain', sender.domain, perDomain, domainRate, known);
      },
      rcpt({ peer: { address, exempt, inside }, recipient: { mailbox } }) {
        if (exempt || inside) return undefined;
        const acquaintance = acquaintanceOf(counters, address, clock.now());
        const hit = ofPeer('recipient', allowedRates.recipients, recipientRate, address, acquaintance);
        if (hit !== undefined) return hit;
        return ofName('mailbox', mailboxName(mailbox), perRecipient, mailboxRate, acquaintance === 'known');
      },
      handed({ peer }, kind) {
        if (kind === 'accepted' && !peer.exempt && !peer.inside) noteGood(counters, peer.address, clock.now());
      },
    });
  },
};

/** The mailbox behind an address: what stands behind a `+` is the owner's own (RFC 5233), and any may be written to. */
function mailboxName({ local, domain }: Mailbox): string {
  const plus = local.indexOf('+');
  return showMailbox({ local: plus > 0 ? local.slice(0, plus) : local, domain }).toLowerCase();
}
