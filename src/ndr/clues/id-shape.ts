import type { Disclosure } from '../../finding/ndr-report.ts';
import type { Rule } from '../../finding/rule.ts';
import { type Clue, disclose, type SeenMessage } from '../clue.ts';

const rule: Rule = {
  id: 'header/id-shape',
  severity: 'low',
  title: 'The shape of ids and boundaries names the software',
  why: 'Queue ids, Message-IDs and boundaries are built in a way of their own by each product, so they name it (Exim even its age) where every name was removed.',
  remedy: [
    {
      platform: '*',
      text: 'Accept it, keep the software current, and let no report leave: refuse at RCPT. A gateway that writes its own Received line hides inner queue ids.',
    },
  ],
  references: ['RFC 5321 §4.4', 'RFC 2046 §5.1.1', 'CWE-200'],
  threat: 'recon/bounce',
};

/** Queue ids as servers write them after `id`. */
const QUEUE_IDS: readonly (readonly [shape: RegExp, software: string])[] = [
  [/^[0-9A-Za-z]{6}-[0-9A-Za-z]{11}-[0-9A-Za-z]{4}$/, 'Exim 4.97 or later'],
  [/^[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}$/, 'Exim 4.96 or earlier'],
  [/^[a-zA-Z][0-9A-Za-z]{7}\d{6,8}$/, 'Sendmail 8.10 or later'],
  [/^4[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]{9,15}z[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]+$/, 'Postfix with long queue ids'],
  [/^[a-z0-9]{1,3}si\d{5,9}[a-z]{3}\.\d{1,3}/, 'Gmail'],
];

/** Boundaries that only one program makes. */
const BOUNDARIES: readonly (readonly [shape: RegExp, software: string])[] = [
  [/^\d{8,12}-eximdsn-\d+$/, 'Exim'],
  [/^[0-9A-Za-z]{8,20}\.\d{10}\/[\w.-]+$/, 'Postfix'],
  [/^[a-zA-Z][0-9A-Z]{10,18}\.\d{8,10}\/[\w.-]+$/, 'Sendmail'],
  [/^_000_[0-9A-Fa-f]{16,}/, 'Exchange'],
  [/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'Exchange 2007 or later'],
  [/^Apple-Mail[=-]/, 'Apple Mail'],
  [/^----=_NextPart_\d{3}_[0-9A-F]{4}_[0-9A-F]{8}\.[0-9A-F]{8}$/, 'Outlook or Outlook Express'],
  [/^----_=_NextPart_\d{3}_[0-9A-F]{8}\.[0-9A-F]{8}$/, 'Exchange 5.5 to 2003'],
  [/^b\d_[0-9a-zA-Z]{32,}$/, 'PHPMailer'],
  [/^----=_Part_\d+_\d+\.\d+/, 'JavaMail'],
  [/^={15}\d{19}==$/, 'Python'],
  [/^--==_mimepart_/, 'Ruby mail'],
  [/^[0-9A-Fa-f]{8,}\.\d{10}\/[\w.-]+$/, 'Postfix'],
  [/^-{12}[0-9A-Za-z]{24}$/, 'Thunderbird'],
  [/^--boundary-LibPST-iamunique-/, 'libpst'],
];

/** Queue ids, Message-IDs and boundaries that betray what made them. */
export const idShape: Clue = {
  rules: [rule],
  *find(seen) {
    yield* fromQueueIds(seen);
    for (const { value, where } of seen.boundaries) {
      const found = BOUNDARIES.find(([shape]) => shape.test(value));
      if (found !== undefined) yield disclose(rule, 'software', found[1], where, 'info');
    }
    for (const { name, value, where } of seen.fields) {
      if (name === 'message-id' && /^<E[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}@/.test(value))
        yield disclose(rule, 'version', 'Exim 4.96 or earlier', where);
      if (name === 'message-id' && /^<E[0-9A-Za-z]{6}-[0-9A-Za-z]{11}-[0-9A-Za-z]{4}@/.test(value))
        yield disclose(rule, 'version', 'Exim 4.97 or later', where);
      if (name === 'message-id' && /^<\d{14}\.[0-9A-F]{6,12}@/.test(value))
        yield disclose(rule, 'software', 'Postfix', where, 'info');
      if (name === 'message-id' && /^<\d{12,14}\.[a-zA-Z][0-9A-Za-z]{13}@/.test(value))
        yield disclose(rule, 'software', 'Sendmail', where, 'info');
      if (name === 'x-postfix-queue-id') yield disclose(rule, 'software', 'Postfix', where, 'info');
    }
  },
};

function* fromQueueIds(seen: SeenMessage): Generator<Disclosure> {
  for (const { received, where } of seen.received) {
    const id = received.id?.replace(/[;,.]$/, '') ?? '';
    const found = QUEUE_IDS.find(([shape]) => shape.test(id));
    if (found === undefined) continue;
    const dated = found[1].startsWith('Exim') || found[1].startsWith('Sendmail');
    yield disclose(rule, dated ? 'version' : 'software', found[1], where, dated ? 'low' : 'info');
  }
}
