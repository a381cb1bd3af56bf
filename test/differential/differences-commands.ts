import type { Difference } from './compare.ts';
import { answered, BOTH, type Explanation } from './explanation.ts';

const ENDS = /^5?x$/;
const REFUSED = /^5(?!x$)/;
const TAKEN = /^[23]/;

/** Ended by something that only some servers take for an end, or for nothing. */
const LOOSE_LINE = /^[^\r\n]*(?:\n|\r(?!\n))|\0/;
const PIPELINES = /^(?:EHLO|HELO|DATA)\b/i;
/** Bytes of a command line, CRLF counted, that the edge takes. */
const LINE_MAX = 2_048;

/** The command on which the edge ended the session: where the others refused it too, the one before the difference. */
const endedOn = ({ ours, previous, line }: Difference): string => (ours === 'x' && previous !== '' ? previous : line);

/** A line of a letter's header or text, which is read as a command because DATA was refused. */
const LETTER_LINE = /^(?:[A-Za-z][A-Za-z-]*:|>?From |[ \t.]|\r?\n|Hello\.|blank lines|end\b)/;

export const COMMAND_DIFFERENCES: readonly Explanation[] = [
  {
    id: 'command/line-end',
    peers: BOTH,
    edge: 'ends the session at a bare CR, a bare LF or a NUL in a command',
    other: 'takes LF for an end, and CR and NUL for a part of the line',
    why: 'RFC 5321 §2.3.8: CR and LF stand together only. Two servers that differ on it read two dialogues out of one.',
    stricter: 'edge',
    parted: true,
    holds: answered(
      ENDS,
      /^/,
      (difference) => LOOSE_LINE.test(endedOn(difference)) || LOOSE_LINE.test(difference.line),
    ),
  },
  {
    id: 'command/pipelined',
    peers: BOTH,
    edge: 'ends the session when something stands behind EHLO, HELO or DATA in the same packet, and behind any command after HELO',
    other: 'answers one after the other (Postfix from 3.9 on may be told not to)',
    why: 'RFC 2920 §3.1: the answer decides what may follow, so it has to be awaited. Engines that do not wait are led into smuggling.',
    stricter: 'edge',
    parted: true,
    holds: answered(
      ENDS,
      /^/,
      (difference) => (PIPELINES.test(endedOn(difference)) || difference.hello === 'HELO') && isAhead(difference),
    ),
  },
  {
    id: 'command/unsynchronised',
    peers: ['Exim'],
    edge: 'reads lines that came too early as commands, refuses each and counts them',
    other: 'ends the session ("synchronization error"), often without the client seeing why',
    why: 'Behind a refused DATA, and after HELO, nothing may be sent ahead (RFC 2920 §3.1). Either way nothing of it takes effect.',
    stricter: 'other',
    parted: true,
    holds: answered(/^(?:[235]|x|$)/, /^[45]?x$/, ({ behind, previous }) => behind !== '' || previous !== ''),
  },
  {
    id: 'command/header-line',
    peers: ['Postfix'],
    edge: 'refuses a line of a letter where a command should be, and goes on until there are too many',
    other: 'ends the session at once ("I can break rules, too")',
    why: 'RFC 5321 §4.2.4 wants 500 for an unknown word. The line does nothing in either; ten of them end the session here.',
    stricter: 'other',
    parted: true,
    holds: answered(/^5/, /^2x$/, /^(?!MAIL FROM:|RCPT TO:)(?:[^A-Za-z]|[^\r\n]*:|CONNECT|GET|POST)/i),
  },
  {
    id: 'command/overlong',
    peers: BOTH,
    edge: `ends the session at a command line of more than ${LINE_MAX} bytes, as soon as they are there`,
    other: 'Postfix cuts it and reads on, Exim takes 16 KiB',
    why: 'RFC 5321 §4.5.3.1.4 asks for 512. Nothing may grow with what a stranger sends, and a line that is cut has two readings.',
    stricter: 'edge',
    parted: true,
    holds: answered(ENDS, /^/, (difference) => endedOn(difference).length > LINE_MAX),
  },
  {
    id: 'command/other-protocol',
    peers: BOTH,
    edge: 'ends the session at the first word of HTTP or PROXY, or at a first byte of TLS and the like',
    other: 'refuses the line and goes on (Postfix knows GET, POST and CONNECT)',
    why: 'A browser that is led to a mail port posts commands in a form field (ALPACA): nothing behind the first line may count.',
    stricter: 'edge',
    parted: true,
    holds: answered(ENDS, /^/, (difference) => OTHER_PROTOCOL.test(endedOn(difference))),
  },
  {
    id: 'command/control-byte',
    peers: BOTH,
    edge: 'refuses a command with a control byte, or one that does not begin with a word and a blank',
    other: 'takes control bytes for text, and blanks or other bytes round the word for nothing',
    why: 'RFC 5321 §4.1.1 has no such line. Control bytes end up in logs, headers and terminals.',
    stricter: 'edge',
    parted: true,
    holds: answered(REFUSED, /^[23]/, /[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]|^[ \t]|^[A-Za-z]+\t|^[A-Za-z]+[^A-Za-z \r\n]/),
  },
  {
    id: 'command/chunk-size',
    peers: BOTH,
    edge: 'ends the session when BDAT has no size that is one, or is not offered',
    other: 'refuses the command, and reads the octets of the chunk as commands',
    why: 'RFC 3030 §2: where two servers count a chunk differently, the rest of it is commands for one of them (CVE-2017-16943).',
    stricter: 'edge',
    parted: true,
    holds: answered(ENDS, /^/, (difference) => /^BDAT\b/i.test(endedOn(difference))),
  },
  {
    id: 'command/chunk-without-ehlo',
    peers: ['Exim'],
    edge: 'counts the octets of a refused chunk off the line, and takes or ends what comes after HELO',
    other: 'refuses BDAT without EHLO, and reads the octets as commands',
    why: 'RFC 3030 §2: the octets follow at once whatever the answer, so that as commands they would be smuggled ones.',
    stricter: 'edge',
    parted: true,
    holds: answered(
      /^/,
      /^[25]/,
      ({ unit, hello, chunkRefused }) => hello !== 'EHLO' && (/^BDAT/im.test(unit) || chunkRefused),
    ),
  },
  {
    id: 'command/hello-name',
    peers: BOTH,
    edge: 'refuses a name that is neither a host name nor an address in brackets, and anything behind it',
    other: 'Postfix takes any word, Exim some more letters',
    why: 'RFC 5321 §4.1.1.1 and §4.1.2. The name goes into a header line: nothing that could end one early may be in it.',
    stricter: 'edge',
    parted: true,
    holds: answered(
      REFUSED,
      /^2/,
      /^(?:EHLO|HELO)(?! (?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])\s*$)|^(?:EHLO|HELO) .{256,}/i,
    ),
  },
  {
    id: 'command/hello-underscore',
    peers: ['Exim'],
    edge: 'takes names with underscores, or with a dot too many',
    other: 'refuses them',
    why: 'Against RFC 5321 §4.1.2, but many honest Windows hosts are named so; the name proves nothing anyway.',
    stricter: 'other',
    parted: true,
    holds: answered(/^2/, /^5/, /^(?:EHLO|HELO) [A-Za-z0-9._[\]:-]+\s*$/i),
  },
  {
    id: 'command/before-hello',
    peers: ['Postfix'],
    edge: 'refuses MAIL before EHLO or HELO',
    other: 'takes it (smtpd_helo_required is off)',
    why: 'RFC 5321 §4.1.4: a session begins with EHLO or HELO.',
    stricter: 'edge',
    parted: true,
    holds: answered(REFUSED, /^2/, ({ line, said }) => /^MAIL/i.test(line) && /^503/.test(said.ours[0] ?? '')),
  },
  {
    id: 'command/help',
    peers: ['Postfix'],
    edge: 'answers HELP with the number of an RFC',
    other: 'does not know the word',
    why: 'RFC 5321 §4.1.1.8: a server should know it. The answer tells nothing of ours.',
    stricter: 'neither',
    parted: false,
    holds: answered(/^2/, /^5/, /^HELP\b/i),
  },
  {
    id: 'command/verify',
    peers: BOTH,
    edge: 'answers each VRFY alike: 252',
    other: 'refuses it without an argument, or for an address that it cannot read or does not serve',
    why: 'RFC 5321 §3.5.3 and §7.3: one answer for everything, so that nobody is found by asking.',
    stricter: 'neither',
    parted: false,
    holds: answered(/^2/, /^5/, /^VRFY\b/i),
  },
  {
    id: 'command/argument',
    peers: BOTH,
    edge: 'refuses an argument of RSET, DATA or STARTTLS',
    other: 'ignores it',
    why: 'RFC 5321 §4.1.1.4, §4.1.1.5: none has one.',
    stricter: 'edge',
    parted: true,
    holds: answered(REFUSED, TAKEN, /^(?:RSET|DATA|STARTTLS) +\S/i),
  },
  {
    id: 'command/etrn',
    peers: BOTH,
    edge: 'has no ETRN',
    other: 'has: it answers by 250 or 458',
    why: 'It starts the queue for a domain on behalf of a stranger (RFC 1985 §6); there is no queue here.',
    stricter: 'edge',
    parted: false,
    holds: answered(/^5/, /^[24]/, /^ETRN\b/i),
  },
  {
    id: 'command/empty-chunk',
    peers: BOTH,
    edge: 'takes a chunk of no octets that is not the last',
    other: 'refuses it; Postfix ends the session',
    why: 'RFC 3030 §2 allows it, and it moves nothing; each counts as a command that leads nowhere.',
    stricter: 'other',
    parted: true,
    holds: answered(/^2/, /^5/, /^BDAT +0+\r\n/i),
  },
  {
    id: 'command/quit-argument',
    peers: ['Exim'],
    edge: 'ends the session at QUIT, whatever stands behind the word',
    other: 'refuses an argument',
    why: 'Who wants to go may go.',
    stricter: 'other',
    parted: true,
    holds: answered(/^2x$/, /^5/, /^QUIT +\S/i),
  },
  {
    id: 'command/chunk-awaited',
    peers: BOTH,
    edge: 'answers BDAT when its octets have come, also where it refuses them',
    other: 'refuses it before they come, and reads them as commands or drops them',
    why: 'RFC 3030 §2: the octets follow at once, so they must be counted off the line first.',
    stricter: 'neither',
    parted: true,
    holds: answered(/^$/, /^[25]/, /^BDAT /i),
  },
  {
    id: 'command/chunk-refused',
    peers: BOTH,
    edge: 'forgets the transaction when a chunk of it is refused, or something between two',
    other:
      'Exim goes on with the chunks that follow, which without the first are another message; otherwise both want RSET',
    why: 'RFC 3030 §2 leaves the state open; what was sent ahead must not pass for the whole.',
    stricter: 'edge',
    parted: true,
    holds: answered(
      /^[25]?/,
      /^[25]/,
      ({ line, chunkRefused }) => chunkRefused && (line === '' || /^(?:RCPT|BDAT|MAIL|DATA)/i.test(line)),
    ),
  },
  {
    id: 'command/bounce-to-many',
    peers: BOTH,
    edge: 'takes one recipient of a message with the null sender',
    other: 'takes any number',
    why: 'A bounce answers one sender (RFC 3834 §3); a crowd of them is a mailing. The rule can be softened (null-sender/many-recipients).',
    stricter: 'edge',
    parted: true,
    holds: answered(
      REFUSED,
      TAKEN,
      ({ line, rules }) => /^RCPT/i.test(line) && rules.includes('null-sender/many-recipients'),
    ),
  },
  {
    id: 'command/eight-bit',
    peers: BOTH,
    edge: 'refuses bytes above 127 in a command without SMTPUTF8, or that are no UTF-8',
    other: 'takes them as letters',
    why: 'RFC 5321 §2.4 and RFC 6531 §3.3.',
    stricter: 'edge',
    parted: true,
    holds: answered(REFUSED, TAKEN, /[\x80-\xff]/),
  },
  {
    id: 'command/letter-as-commands',
    peers: BOTH,
    edge: 'refuses the lines of a letter for which DATA was refused, one by one',
    other: 'counts them otherwise: an empty line or a lone dot is an answer more or less',
    why: 'The client does not wait for 354 (RFC 5321 §4.1.1.4). Nothing of it takes effect in either.',
    stricter: 'neither',
    parted: true,
    holds: answered(
      /^(?:[25]x?|x|$)/,
      /^(?:[54]|2x|$)/,
      ({ line, previous }) => LETTER_LINE.test(line) || LETTER_LINE.test(previous),
    ),
  },
];

const OTHER_PROTOCOL =
  /^(?:GET|POST|PUT|HEAD|OPTIONS|DELETE|PATCH|TRACE|CONNECT|PROXY)\b|^[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xff]/i;

/** Something stands behind the command that ended the session. */
const isAhead = ({ ours, previous, line, behind }: Difference): boolean =>
  ours === 'x' && previous !== '' ? line !== '' : behind !== '' || /^BDAT[^\n]*\n./is.test(line);
