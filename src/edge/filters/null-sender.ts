import { TAG_LIFE } from '../../wire/address/bounce-tag.ts';
import { type Mailbox, showMailbox } from '../../wire/smtp/path.ts';
import { lacksTag, plainSender } from '../envelope/bounce-tags.ts';
import { type Filter, shared } from '../filter.ts';
import { isReadReceipt } from '../message/read-receipt.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule, Hit } from '../rule.ts';
import type { Recipient } from '../stage.ts';

export const bounceToMany: EdgeRule = {
  id: 'null-sender/many-recipients',
  severity: 'low',
  title: 'A bounce wants more than one recipient',
  why: 'A bounce answers one sender. With many recipients it is a mailing that nobody can send back.',
  remedy: [{ platform: '*', text: 'Nothing: an honest server sends each bounce to one address.' }],
  references: ['RFC 5321 §4.5.5', 'RFC 3834 §3'],
  threat: 'attack/engine',
  action: 'refuse',
  reply: REPLIES.oneBounceRecipient,
};
export const untaggedBounce: EdgeRule = {
  id: 'null-sender/untagged',
  severity: 'low',
  title: 'A bounce answers a letter that never left here',
  why: 'Who forges our addresses in a million letters has all that cannot be delivered sent to us; and spam that travels as a bounce passes checks of senders.',
  remedy: [
    {
      platform: '*',
      text: 'If the recipient gets such mail with reason (reports, read receipts where bounceTags.refuseAt is rcpt), or its letters leave by another way, name it in bounceTags.letIn.',
    },
  ],
  references: ['draft-levine-smtp-batv-01', 'RFC 3834 §4'],
  threat: 'attack/engine',
  action: 'refuse',
  reply: REPLIES.notOurBounce,
};

/** How long a sender is remembered that left without a tag: as long as a tag would have been good. Milliseconds. */
const MEMORY = (TAG_LIFE + 1) * 86_400_000;

/** The null sender is for bounces: a bounce has one recipient, and answers a letter that left here. */
export const nullSender: Filter = {
  name: 'null-sender',
  rules: [bounceToMany, untaggedBounce],
  prepare({ options, counters, clock }) {
    const { bounceTags } = options.controls;
    const plainKey = (sender: Mailbox): string => `left-plain:${showMailbox(sender).toLowerCase()}`;
    const untagged = (recipients: readonly Recipient[]): Hit | undefined => {
      const one = recipients.find(
        (recipient) =>
          bounceTags !== null &&
          lacksTag(recipient, bounceTags) &&
          counters.get(plainKey(recipient.mailbox), clock.now()) === undefined,
      );
      if (one === undefined) return undefined;
      return { rule: untaggedBounce, because: `${one.tag ?? 'no'} tag: ${showMailbox(one.mailbox)}` };
    };
    return shared({
      rcpt({ envelope, peer, recipient, accepted }): Hit | undefined {
        if (envelope.sender !== null || peer.inside) return undefined;
        const hit = bounceTags?.refuseAt === 'rcpt' ? untagged([recipient]) : undefined;
        if (hit !== undefined || accepted.length === 0) return hit;
        return { rule: bounceToMany, because: `${accepted.length + 1} recipients` };
      },
      message({ envelope, peer, recipients, message }): Hit | undefined {
        if (bounceTags === null) return undefined;
        if (peer.inside) {
          const sender = plainSender(envelope, recipients, bounceTags);
          if (sender !== null) counters.set(plainKey(sender), '', clock.now() + MEMORY);
          return undefined;
        }
        if (envelope.sender !== null || bounceTags.refuseAt !== 'message') return undefined;
        const hit = untagged(recipients);
        return hit === undefined || isReadReceipt(message.header) ? undefined : hit;
      },
    });
  },
};
