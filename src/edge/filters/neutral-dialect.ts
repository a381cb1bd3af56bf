import type { Filter } from '../filter.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule } from '../rule.ts';

export const asksForNames: EdgeRule = {
  id: 'dialect/asks-for-names',
  severity: 'info',
  title: 'The peer asks which addresses exist, or what the server is',
  why: 'VRFY, EXPN and HELP serve nobody today but those who collect addresses and products. All get the same words.',
  remedy: [
    {
      platform: '*',
      text: 'Nothing: the answer gives nothing away. Many of them from one network are worth a deny list.',
    },
  ],
  references: ['RFC 5321 §3.5.3', 'RFC 5321 §7.3'],
  threat: 'recon/greeting',
  action: 'note',
  reply: REPLIES.cannotVerify,
};

/** One set of words for everybody, whoever stands behind the edge (`reply.ts`); who fishes for more is noted. */
export const neutralDialect: Filter = {
  name: 'neutral-dialect',
  rules: [asksForNames],
  prepare: () => null,
};
