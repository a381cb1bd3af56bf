import { type Filter, shared } from '../filter.ts';
import type { EdgeHeader } from '../message/header.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule, Hit } from '../rule.ts';

const SENDER = [
  { platform: '*', text: 'Tell the sender what is wrong with the program that made it; or set this rule to score.' },
] as const;

export const severalAuthors: EdgeRule = {
  id: 'header/several-authors',
  severity: 'high',
  title: 'A message has more than one From, or one with a blank before its colon',
  why: 'One server checks the first author and the mail program shows the second: any name passes any check.',
  remedy: SENDER,
  references: ['RFC 5322 §3.6', 'Composition Kills, USENIX Security 2020'],
  threat: 'attack/phishing',
  action: 'refuse',
  reply: REPLIES.badHeader,
};
export const severalTypes: EdgeRule = {
  id: 'header/several-types',
  severity: 'high',
  title: 'A message says twice what it is made of',
  why: 'A scanner believes the first type or encoding and the mail program the second, and a virus stands in between.',
  remedy: SENDER,
  references: ['RFC 2045 §5', 'CVE-2024-28054'],
  threat: 'attack/program',
  action: 'refuse',
  reply: REPLIES.badHeader,
};
export const repeatedField: EdgeRule = {
  id: 'header/repeated-field',
  severity: 'low',
  title: 'A field that may stand once stands more often',
  why: 'Which of them is shown depends on the mail program.',
  remedy: SENDER,
  references: ['RFC 5322 §3.6'],
  threat: 'attack/phishing',
  action: 'score',
  score: 1.5,
  reply: REPLIES.badHeader,
};
export const brokenLine: EdgeRule = {
  id: 'header/broken-line',
  severity: 'low',
  title: 'A line of the header is no field',
  why: 'Some readers take it for the end of the header, so that what follows is header for one and text for the other.',
  remedy: SENDER,
  references: ['RFC 5322 §2.2'],
  threat: 'attack/phishing',
  action: 'score',
  score: 2,
  reply: REPLIES.badHeader,
};

/** Fields that decide how the body is read. */
const TYPES = ['content-type', 'content-transfer-encoding', 'mime-version'] as const;
/** Fields of which RFC 5322 §3.6 allows one. */
const SINGLE = [
  'date',
  'sender',
  'reply-to',
  'to',
  'cc',
  'message-id',
  'in-reply-to',
  'references',
  'subject',
] as const;

/** What can be read in two ways in a header. Refused where an attack lives from it, scored where old programs do it too. */
export const headerStructure: Filter = {
  name: 'header-structure',
  rules: [severalAuthors, severalTypes, brokenLine, repeatedField],
  prepare: () => shared({ message: ({ message }) => judge(message.header) }),
};

function judge(header: EdgeHeader): Hit | undefined {
  const counts = new Map<string, number>();
  for (const { name, spaced } of header.fields) {
    if (spaced && name === 'from') return { rule: severalAuthors, because: 'a blank before the colon of From' };
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const authors = counts.get('from') ?? 0;
  if (authors > 1) return { rule: severalAuthors, because: `${authors} From fields` };
  for (const name of TYPES) {
    const times = counts.get(name) ?? 0;
    if (times > 1) return { rule: severalTypes, because: `${times} ${name} fields` };
  }
  const broken = header.fields.find(({ name }, at) => name === '' && !(at === 0 && isEnvelopeLine(header)));
  if (broken !== undefined) {
    return {
      rule: brokenLine,
      because: JSON.stringify(header.bytes.toString('latin1', broken.start, broken.start + 60)),
    };
  }
  for (const name of SINGLE) {
    const times = counts.get(name) ?? 0;
    if (times > 1) return { rule: repeatedField, because: `${times} ${name} fields` };
  }
  return undefined;
}

/** `From ` of an mbox file, which some programs leave at the head of a message. */
function isEnvelopeLine({ bytes }: EdgeHeader): boolean {
  return /^>?From /.test(bytes.toString('latin1', 0, 6));
}
