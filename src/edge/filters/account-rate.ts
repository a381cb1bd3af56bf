import type { Bucket } from '../../store/counters.ts';
import { showMailbox } from '../../wire/smtp/path.ts';
import type { Rate } from '../controls.ts';
import { type Filter, shared } from '../filter.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule } from '../rule.ts';
import type { Envelope, Peer } from '../stage.ts';

const LOOK = [
  {
    platform: '*',
    text: 'Ask its owner whether he wrote this. If not, change its password and look through what it sent (mailward trace). Name servers that send lists in exempt, or widen accounts.',
  },
] as const;

export const accountMessages: EdgeRule = {
  id: 'account/messages',
  severity: 'high',
  title: 'One of our accounts sends more messages than people write',
  why: 'A stolen password is worth what can be sent with it, and every letter of it costs our name.',
  remedy: LOOK,
  references: ['RFC 5321 §7.8', 'RFC 6409 §6.1'],
  threat: 'attack/account',
  action: 'defer',
  reply: REPLIES.tooFast,
};
export const accountRecipients: EdgeRule = {
  id: 'account/recipients',
  severity: 'high',
  title: 'One of our accounts writes to more recipients than people do',
  why: 'One message to a thousand strangers is the same theft with less effort.',
  remedy: LOOK,
  references: ['RFC 5321 §7.8', 'RFC 6409 §6.1'],
  threat: 'attack/account',
  action: 'defer',
  reply: REPLIES.tooFast,
};

/** Mail of the inside is counted by account, so that a stolen one stops at its bound and all others go on. */
export const accountRate: Filter = {
  name: 'account-rate',
  rules: [accountMessages, accountRecipients],
  prepare({ options, counters, clock }) {
    const { messages, recipients } = options.controls.accounts;
    const overflows = (key: string, { burst, perMinute }: Rate): boolean => {
      const bucket: Bucket = { capacity: burst, perSecond: perMinute / 60 };
      return counters.pour(key, 1, bucket, clock.now()).full;
    };
    return shared({
      mail({ peer, envelope }) {
        if (!peer.inside || peer.exempt) return undefined;
        const account = accountOf(peer, envelope);
        return overflows(`account-messages:${account}`, messages)
          ? { rule: accountMessages, because: `${account} more than ${messages.perMinute} a minute` }
          : undefined;
      },
      rcpt({ peer, envelope }) {
        if (!peer.inside || peer.exempt) return undefined;
        const account = accountOf(peer, envelope);
        return overflows(`account-recipients:${account}`, recipients)
          ? { rule: accountRecipients, because: `${account} more than ${recipients.perMinute} a minute` }
          : undefined;
      },
    });
  },
};

/** Who has logged in; behind a server of ours, whoever it says the sender is. Its bounces are counted by its address. */
function accountOf(peer: Peer, { sender }: Envelope): string {
  return (peer.account ?? (sender === null ? `<> of ${peer.address}` : showMailbox(sender))).toLowerCase();
}
