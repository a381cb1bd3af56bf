import { isAscii } from 'node:buffer';
import { type Filter, shared } from '../filter.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule, Hit } from '../rule.ts';
import type { Stages } from '../stage.ts';

const NOTED = [
  {
    platform: '*',
    text: 'Nothing: many honest programs do it, and every server of today takes it. Set the rule to refuse where what stands behind cannot.',
  },
] as const;

/** Noted and not refused: programs and forms on web pages do it every day, and servers pass it on (Postfix’s strict_8bitmime is off by default). */
export const undeclared: EdgeRule = {
  id: 'eight-bit/undeclared',
  severity: 'info',
  title: 'A message holds bytes above 127 that were not declared by BODY=8BITMIME',
  why: 'A server that takes it for text of seven bits may take the top bits away, and a scanner before that has seen another text.',
  remedy: NOTED,
  references: ['RFC 5321 §2.4', 'RFC 6152 §3'],
  threat: 'attack/engine',
  action: 'note',
  reply: REPLIES.undeclared,
};
export const rawHeader: EdgeRule = {
  id: 'eight-bit/header',
  severity: 'info',
  title: 'A header holds bytes above 127 without SMTPUTF8',
  why: 'Nothing says in which charset they are to be read: the name that one program shows is not the one that another compares.',
  remedy: NOTED,
  references: ['RFC 5322 §2.2', 'RFC 6532 §3.2', 'RFC 2047 §1'],
  threat: 'attack/phishing',
  action: 'note',
  reply: REPLIES.badHeader,
};

/** Bytes above 127 in a message that came without leave for them. Those in commands are the session's own affair. */
export const eightBitContent: Filter = {
  name: 'eight-bit',
  rules: [undeclared, rawHeader],
  prepare: () => shared({ message: judge }),
};

function judge({ message, envelope: { parameters } }: Stages['message']): Hit | undefined {
  if (!message.scan.eightBit || parameters.smtpUtf8) return undefined;
  if (parameters.body !== '8BITMIME')
    return { rule: undeclared, because: parameters.body === null ? 'no BODY was given' : `BODY=${parameters.body}` };
  const { bytes } = message.header;
  if (isAscii(bytes)) return undefined;
  return { rule: rawHeader, because: `the byte at ${bytes.findIndex((byte) => byte > 0x7f)} of the header` };
}
