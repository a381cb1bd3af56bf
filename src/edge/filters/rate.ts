import type { Bucket } from '../../store/counters.ts';
import { networkOf, sharedNetwork } from '../../wire/ip/networks.ts';
import { showMailbox } from '../../wire/smtp/path.ts';
import { acquaintanceOf, noteGood } from '../acquaintance.ts';
import type { ClassRates, Rate } from '../controls.ts';
import { type Filter, shared } from '../filter.ts';
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

/** Counts by leaky buckets: per address (/64), per network (/24, /48), per sender, per recipient. Mail of the inside is counted by `account-rate`. */
export const rate: Filter = {
  name: 'rate',
  rules: [connectionRate, messageRate, recipientRate, senderRate, mailboxRate],
  prepare({ options, counters, clock }) {
    const { rates: allowedRates } = options.controls;
    const overflow = (key: string, { burst, perMinute }: Rate, now: number): boolean => {
      const bucket: Bucket = { capacity: burst, perSecond: perMinute / 60 };
      return counters.pour(key, 1, bucket, now).full;
    };
    /** A hit if an address, or the network around it, has used up what it may do of one kind. */
    const ofPeer = (kind: string, rates: ClassRates, rule: EdgeRule, address: string): Hit | undefined => {
      const now = clock.now();
      const acquaintance = acquaintanceOf(counters, address, now);
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
    return shared({
      connect: ({ peer }) =>
        peer.exempt ? undefined : ofPeer('connection', allowedRates.connections, connectionRate, peer.address),
      mail({ peer, envelope }) {
        if (peer.exempt || peer.inside) return undefined;
        const hit = ofPeer('message', allowedRates.messages, messageRate, peer.address);
        if (hit !== undefined || envelope.sender === null) return hit;
        const sender = showMailbox(envelope.sender).toLowerCase();
        return overflow(`sender:${sender}`, allowedRates.perSender, clock.now())
          ? { rule: senderRate, because: `${sender} more than ${allowedRates.perSender.perMinute} a minute` }
          : undefined;
      },
      rcpt({ peer, recipient }) {
        if (peer.exempt || peer.inside) return undefined;
        const hit = ofPeer('recipient', allowedRates.recipients, recipientRate, peer.address);
        if (hit !== undefined) return hit;
        const mailbox = showMailbox(recipient.mailbox).toLowerCase();
        return overflow(`mailbox:${mailbox}`, allowedRates.perRecipient, clock.now())
          ? { rule: mailboxRate, because: `${mailbox} more than ${allowedRates.perRecipient.perMinute} a minute` }
          : undefined;
      },
      handed({ peer }, kind) {
        if (kind === 'accepted' && !peer.exempt && !peer.inside) noteGood(counters, peer.address, clock.now());
      },
    });
  },
};
