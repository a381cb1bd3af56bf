import { isEmpty } from '../envelope/address-map.ts';
import { changeAddresses, changeIds } from '../message/header-addresses.ts';
import type { HeaderChange } from '../message/message.ts';
import { signedFields } from '../message/signed-fields.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule, Hit } from '../rule.ts';
import type { Scrub } from '../scrub.ts';

export const insideAddress: EdgeRule = {
  id: 'header/inside-address',
  severity: 'info',
  title: 'The header of a message on its way out held addresses of the inside',
  why: 'They name domains and accounts of the inside, and who answers them writes to nobody.',
  remedy: [{ platform: '*', text: 'Nothing: they were changed as rewrite.outbound says.' }],
  references: ['RFC 5321 §7.2'],
  threat: 'recon/greeting',
  action: 'note',
  reply: REPLIES.refusedMessage,
};
export const signatureUndone: EdgeRule = {
  id: 'header/signature-undone',
  severity: 'low',
  title: 'A signature covers addresses of the inside',
  why: 'Changed, they leave a signature that no longer holds; left, they tell of the inside.',
  remedy: [
    {
      platform: '*',
      text: 'Sign behind the edge, or write outside addresses before signing. rewrite.signed says which of both is done.',
    },
  ],
  references: ['RFC 6376 §5.4', 'RFC 8617 §5.1.1'],
  threat: 'recon/greeting',
  action: 'note',
  reply: REPLIES.refusedMessage,
};

/** Fields that hold addresses by their grammar (RFC 5322 §3.6.2, §3.6.3, §3.6.6, RFC 8098 §2.1), and old ones that programs still write. */
const ADDRESS_FIELDS = new Set(
  'from sender reply-to to cc bcc return-path resent-from resent-sender resent-reply-to resent-to resent-cc resent-bcc disposition-notification-to return-receipt-to errors-to mail-followup-to mail-reply-to apparently-to'.split(
    ' ',
  ),
);
/** Fields that hold ids of messages (RFC 5322 §3.6.4, §3.6.6). */
const ID_FIELDS = new Set(['message-id', 'in-reply-to', 'references', 'resent-message-id']);

/**
 * Gives addresses of the inside in the header of mail that goes out the form that the outside knows. Names, comments, folds and all other fields
 * stay as they came; the body, and with it what S/MIME and OpenPGP sign, is never touched.
 */
export const insideAddresses: Scrub = {
  name: 'inside-addresses',
  rules: [insideAddress, signatureUndone],
  prepare({ options: { rewrite } }) {
    const { outbound, signed, messageIds, afterLogin } = rewrite;
    if (isEmpty(outbound)) return () => [];
    const changeOf = (name: string) =>
      ADDRESS_FIELDS.has(name) ? changeAddresses : messageIds && ID_FIELDS.has(name) ? changeIds : null;
    return ({ message, peer }) => {
      // As in `leavesHere`: what goes on over a login is sent out by the server that took it.
      if (!peer.inside || (peer.account !== undefined && !afterLogin)) return [];
      const { header } = message;
      const changes: HeaderChange[] = [];
      const names = new Set<string>();
      let addresses = 0;
      for (const field of header.fields) {
        const { name, start, valueStart, end } = field;
        const text = header.bytes.toString('latin1', start, end);
        const changed = changeOf(name)?.(text, valueStart - start, outbound) ?? null;
        if (changed === null) continue;
        changes.push({ start, end, by: Buffer.from(changed.text, 'latin1') });
        names.add(name);
        addresses += changed.changed;
      }
      if (changes.length === 0) return [];
      const covered = signedFields(header);
      const undone = [...names].filter((name) => covered.has(name));
      const hits: Hit[] = [];
      if (undone.length > 0)
        hits.push({
          rule: signatureUndone,
          because: `${signed === 'leave' ? 'left' : 'changed'}: ${undone.join(', ')}`,
        });
      if (undone.length > 0 && signed === 'leave') return hits;
      message.change(changes);
      return [...hits, { rule: insideAddress, because: `${addresses} in ${[...names].join(', ')}` }];
    };
  },
};
