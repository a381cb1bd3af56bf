import { isDeepStrictEqual } from 'node:util';
import type { Difference } from './compare.ts';
import { answered, BOTH, type Explanation, named, textAnswered } from './explanation.ts';

/** The text holds a CR or an LF that stands alone, or a NUL. */
const LOOSE = /\r(?!\n)|(?<!\r)\n|\0/;
const lines = (text: string): readonly string[] => text.split('\r\n');
const longest = (text: string): number => Math.max(...lines(text).map((line) => line.length));
const header = (text: string): string => text.slice(0, (/\r\n\r\n/.exec(text)?.index ?? text.length) + 2);

/** Rules by which the edge refuses what a message is, and others do not. */
const OF_CONTENT = [
  'header/several-authors',
  'header/several-types',
  'limits/header',
  'limits/text-line',
  'limits/hops',
];

export const TEXT_DIFFERENCES: readonly Explanation[] = [
  {
    id: 'text/bare-newline',
    peers: BOTH,
    edge: 'refuses the message and ends the session at a bare CR or LF, or a NUL',
    other:
      'takes LF for a line end, keeps or drops CR and NUL; some forms end the message, and what follows is commands',
    why: 'RFC 5321 §2.3.8, §4.1.1.4: only CRLF.CRLF ends a message (CVE-2023-51764, CVE-2023-51766).',
    stricter: 'edge',
    parted: true,
    holds: textAnswered(/^(?:5x|x|)$/, /^/, LOOSE),
  },
  {
    id: 'text/header-refused',
    peers: BOTH,
    edge: 'refuses two authors, two types, a blank before the colon of From',
    other: 'takes them',
    why: 'RFC 5322 §3.6: one server judges the first and the next program shows the second.',
    stricter: 'edge',
    parted: false,
    holds: textAnswered(/^5/, /^2/, ({ line }: Difference) => {
      const names = [...header(line).matchAll(/^([^\s:]+)[ \t]*:/gm)].map(([, name]) => (name as string).toLowerCase());
      return (
        ['from', 'content-type'].some((name) => names.filter((one) => one === name).length > 1) ||
        /^From[ \t]+:/im.test(line)
      );
    }),
  },
  {
    id: 'text/refused-in-chunks',
    peers: BOTH,
    edge: 'judges a message that came in chunks as it judges others',
    other: 'takes it',
    why: 'As `text/header-refused`, `text/many-fields` and `text/too-long-line`: how a message comes changes nothing of what it is.',
    stricter: 'edge',
    parted: false,
    holds: answered(
      /^5/,
      /^2/,
      ({ line, rules }) => /^BDAT\b/i.test(line) && rules.some((rule) => OF_CONTENT.includes(rule)),
    ),
  },
  {
    id: 'text/header-syntax',
    peers: ['Exim'],
    edge: 'takes header fields whose addresses cannot be read',
    other: 'refuses them (`verify = header_syntax` of Debian’s rules)',
    why: 'Much honest mail has them. RFC 5321 §6.4 lets a server be lenient in the header; what can be read in two ways is judged by rules of its own.',
    stricter: 'other',
    parted: false,
    holds: textAnswered(/^2/, /^5/, /^(?:From|To|Cc|Bcc|Sender|Reply-To|>From|Resent-[A-Za-z]+)\s*:?/im),
  },
  {
    id: 'text/long-line',
    peers: ['Exim'],
    edge: 'takes lines of up to 8,192 bytes as they are',
    other: 'refuses those above 998 by Debian’s rules',
    why: 'RFC 5322 §2.1.1 binds who writes them; programs write them, and folding breaks signatures.',
    stricter: 'other',
    parted: false,
    holds: textAnswered(/^2/, /^5/, ({ line }: Difference) => longest(line) > 998),
  },
  {
    id: 'text/too-long-line',
    peers: ['Postfix'],
    edge: 'refuses lines of more than 8,192 bytes',
    other: 'takes them, and folds them on the way',
    why: 'RFC 5321 §4.5.3.1.6. Readers cut such lines, each at a place of its own.',
    stricter: 'edge',
    parted: false,
    holds: textAnswered(/^5/, /^2/, ({ line }: Difference) => longest(line) > 8_192),
  },
  {
    id: 'text/hops',
    peers: BOTH,
    edge: 'ends a circle at 100 Received fields',
    other: 'Postfix at 50, Exim at 30',
    why: 'RFC 5321 §6.3 asks for a threshold of at least 100.',
    stricter: 'neither',
    parted: false,
    holds: textAnswered(/^2/, /^5/, ({ line }: Difference) => (line.match(/^Received:/gm)?.length ?? 0) > 30),
  },
  {
    id: 'text/hops-later',
    peers: BOTH,
    edge: 'refuses a circle of more than 100 hops, and hands others on',
    other: 'Exim takes it and bounces it, from 30 on; Postfix does not count behind a line that is no field',
    why: 'RFC 5321 §6.3. A bounce of what could have been refused goes to a sender that may be forged.',
    stricter: 'edge',
    parted: false,
    holds: ({ kind, phase, line, theirs, messages }) =>
      phase === 'text' &&
      (line.match(/^Received:/gm)?.length ?? 0) > 30 &&
      (kind === 'answer' ? theirs.startsWith('2') : messages?.theirs === undefined),
  },
  {
    id: 'text/many-fields',
    peers: BOTH,
    edge: 'refuses headers of more than 1,000 fields',
    other: 'takes them',
    why: 'No honest header has so many (RFC 5321 §4.5.3.1 lets a server have limits); readers behind us cut them.',
    stricter: 'edge',
    parted: false,
    holds: textAnswered(/^5/, /^2/, ({ line }: Difference) => lines(header(line)).length > 1_000),
  },
  {
    id: 'message/fields-of-delivery',
    peers: BOTH,
    edge: 'hands all fields on',
    other: 'drops Return-Path, Bcc and Content-Length (Postfix), or Return-Path, Delivery-Date and Envelope-To (Exim)',
    why: 'RFC 5321 §4.4 lets the last server write Return-Path: that is the one behind us.',
    stricter: 'neither',
    parted: false,
    alike: (text) =>
      text.replaceAll(
        /^(?:Return-Path|Bcc|Content-Length|Delivery-Date|Envelope-To):[^\n]*\n(?:[ \t][^\n]*\n)*/gim,
        '',
      ),
  },
  {
    id: 'message/obsolete-blank',
    peers: ['Postfix'],
    edge: 'hands a field with a blank before its colon on as it is; From alone is refused so',
    other: 'takes the blank away',
    why: 'RFC 5322 §4.5 lets readers take it for a field. Repairing it would break signatures.',
    stricter: 'neither',
    parted: false,
    alike: (text) => text.replaceAll(/^([^\s:]+)[ \t]+:/gm, '$1:'),
  },
  {
    id: 'message/mbox-line',
    peers: ['Postfix'],
    edge: 'hands a first line of an mbox file on as it is',
    other: 'makes a field of it (X-Mailbox-Line)',
    why: 'Programs leave it there now and then; the next server decides.',
    stricter: 'neither',
    parted: false,
    alike: (text) => text.replace(/^X-Mailbox-Line: (?=>?From )/, ''),
  },
  {
    id: 'message/folded-first-line',
    peers: ['Postfix'],
    edge: 'hands on a header that begins with a folded line as it is',
    other: 'drops the line',
    why: 'RFC 5322 §2.2.3: it continues nothing. What is dropped is lost.',
    stricter: 'neither',
    parted: false,
    alike: (text) => text.replace(/^(?:[ \t][^\n]*\n)+/, ''),
  },
  {
    id: 'message/no-header',
    peers: BOTH,
    edge: 'hands on a message whose header does not begin or end as one should, as the same bytes, and counts it against the sender',
    other: 'puts an empty line where it thinks that the header ends',
    why: 'RFC 5322 §3.5. Who repairs decides for the reader what was header: the edge scores it (header/broken-line) and leaves it.',
    stricter: 'neither',
    parted: false,
    alike: (text) => text.replaceAll(/(?:\r\n)+/g, '\r\n').replace(/^\r\n/, ''),
  },
  {
    id: 'message/folded-line',
    peers: ['Postfix'],
    edge: 'hands long lines on as they are',
    other: 'breaks lines of more than 998 bytes',
    why: 'A signature over the line breaks (RFC 6376 §5.3).',
    stricter: 'neither',
    parted: false,
    alike: (text) => text.replaceAll(/(?<=[^\r\n]{990})\r\n /g, ''),
  },
  {
    id: 'message/bare-postmaster',
    peers: BOTH,
    edge: 'hands a bare postmaster on as one',
    other: 'adds a domain of its own',
    why: 'RFC 5321 §4.5.1: each server has one; which is meant is for the server behind to say.',
    stricter: 'neither',
    parted: false,
    holds: ({ kind, messages }) => {
      if (kind !== 'message' || messages?.ours === undefined || messages.theirs === undefined) return false;
      const bare = (addresses: readonly string[]) =>
        named(addresses.map((address) => address.replace(/^postmaster(?:@(?:mx\.)?example\.test)?$/i, 'postmaster')));
      return (
        messages.ours.text === messages.theirs.text &&
        isDeepStrictEqual(bare(messages.ours.recipients), bare(messages.theirs.recipients))
      );
    },
  },
  {
    id: 'message/needless-quotes',
    peers: BOTH,
    edge: 'hands an address on as it was written',
    other: 'takes quotes away that it would not need',
    why: 'RFC 5321 §4.1.2: both forms name one mailbox; the server that has it decides.',
    stricter: 'neither',
    parted: false,
    holds: ({ kind, messages }) => {
      if (kind !== 'message' || messages?.ours === undefined || messages.theirs === undefined) return false;
      const { ours, theirs } = messages;
      const plain = (addresses: readonly string[]) =>
        named(addresses.map((address) => address.replace(/^"([^"\\ ]+)"@/, '$1@')));
      return (
        ours.text === theirs.text &&
        isDeepStrictEqual(plain([ours.sender]), plain([theirs.sender])) &&
        isDeepStrictEqual(plain(ours.recipients), plain(theirs.recipients))
      );
    },
  },
  {
    id: 'message/same-recipient',
    peers: BOTH,
    edge: 'hands a recipient on as often as it was named',
    other: 'names each once',
    why: 'RFC 5321 §4.1.1.3 asks for neither; the server behind us delivers once.',
    stricter: 'neither',
    parted: false,
    holds: ({ kind, messages }) => {
      if (kind !== 'message' || messages?.ours === undefined || messages.theirs === undefined) return false;
      const { ours, theirs } = messages;
      // Postfix looks at the whole address without case.
      const small = (addresses: readonly string[]) => named(addresses.map((address) => address.toLowerCase()));
      return (
        ours.text === theirs.text &&
        ours.recipients.length > theirs.recipients.length &&
        isDeepStrictEqual(small(ours.recipients), small(theirs.recipients))
      );
    },
  },
];
