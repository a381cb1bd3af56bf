import { ldapLines } from './ldap-line.ts';
import { ntlmLines } from './ntlm-line.ts';
import type { Sighting } from './sighting.ts';

/** One line to be held against the fingerprints. */
export interface SeenLine {
  /** Which list of fingerprints it belongs to: a sighting kind, or `header:` and a field name. */
  readonly place: string;
  /** What a reader is told about where it was seen. */
  readonly clue: string;
  /** Reply code, if the line began with one. */
  readonly code: string | null;
  readonly text: string;
}

/** Lines read of one sighting; a stranger who sends more is heard no further. */
export const SEEN_LINES_MAX = 400;
/** Characters read of one sighting. */
const SEEN_LENGTH_MAX = 256 * 1024;

/** Cuts a sighting into lines; header blocks are unfolded, reply codes taken off. */
export function seenLines(sighting: Sighting): SeenLine[] {
  const text = sighting.text.length > SEEN_LENGTH_MAX ? sighting.text.slice(0, SEEN_LENGTH_MAX) : sighting.text;
  if (sighting.kind === 'header' || sighting.kind === 'http.header') return fieldLines(sighting.kind, text);
  const clue = CLUES[sighting.kind] ?? sighting.kind;
  const lines: SeenLine[] = [];
  const stripsCode = sighting.kind.startsWith('smtp.') || sighting.kind === 'nntp.banner';
  const lead = LEADS[sighting.kind];
  for (const raw of splitLines(text)) {
    // Reports indent as they like.
    let line = sighting.kind === 'ndr' ? raw.trimStart() : raw;
    let code: string | null = null;
    if (stripsCode && isReplyCode(raw)) {
      code = raw.slice(0, 3);
      line = raw.slice(4);
    } else if (lead !== undefined) {
      const start = lead.find((word) => raw.length >= word.length && raw.slice(0, word.length).toLowerCase() === word);
      if (start !== undefined) line = raw.slice(start.length).trimStart();
    }
    lines.push({ place: sighting.kind, clue, code, text: line });
  }
  const inside = INSIDE[sighting.kind];
  if (inside !== undefined) {
    for (const line of inside(text)) lines.push({ place: sighting.kind, clue, code: null, text: line });
  }
  return lines;
}

/** What is written in octets, and how it is read. */
const INSIDE: { readonly [kind: string]: (text: string) => string[] } = {
  'ldap.result': ldapLines,
  'ntlm.challenge': ntlmLines,
};

/** How a reader is told where words were seen. */
const CLUES: { readonly [kind: string]: string } = {
  'smtp.banner': 'greeting',
  'smtp.ehlo': 'ehlo',
  'smtp.help': 'help',
  'smtp.vrfy': 'vrfy',
  'smtp.expn': 'expn',
  'smtp.mailfrom': 'mail from',
  'smtp.rcptto': 'rcpt to',
  'smtp.noop': 'noop',
  'smtp.quit': 'quit',
  'smtp.rset': 'rset',
  'smtp.turn': 'turn',
  'smtp.debug': 'debug',
  'smtp.unknown': 'unknown command',
  'smtp.starttls': 'starttls',
  'smtp.auth': 'auth',
  'smtp.data': 'data',
  'smtp.queued': 'queued',
  'smtp.etrn': 'etrn',
  'imap.banner': 'imap greeting',
  'imap.capability': 'imap capability',
  'imap.id': 'imap id',
  'imap.logout': 'imap logout',
  'imap.unknown': 'imap unknown command',
  'pop.banner': 'pop greeting',
  'pop.capa': 'pop capa',
  'pop.quit': 'pop quit',
  'pop.user': 'pop user',
  'pop.unknown': 'pop unknown command',
  'nntp.banner': 'nntp greeting',
  'http.server': 'server header',
  'http.title': 'page title',
  'http.cookie': 'cookie',
  'http.favicon': 'favicon',
  'http.body': 'page',
  'ldap.result': 'ldap',
  'ntlm.challenge': 'ntlm challenge',
  ndr: 'bounce',
  certificate: 'certificate',
};

/** What may stand before the text itself, in lower case. */
const LEADS: { readonly [kind: string]: readonly string[] } = {
  'imap.banner': ['* ok', '* preauth', '* bye'],
  'pop.banner': ['+ok', '-err'],
  'http.server': ['server:'],
  'http.cookie': ['set-cookie:', 'cookie:'],
  'http.title': ['<title>'],
};

function splitLines(text: string): string[] {
  if (!text.includes('\n') && !text.includes('\r')) return [text];
  return text.split(/\r\n|\n|\r/, SEEN_LINES_MAX);
}

function isReplyCode(line: string): boolean {
  const first = line.charCodeAt(0);
  if (first < 50 || first > 53 || !isDigit(line.charCodeAt(1)) || !isDigit(line.charCodeAt(2))) return false;
  return line.length === 3 || line[3] === ' ' || line[3] === '-';
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

const FIELD = /^([!-9;-~]{1,100}):/;

/** Fields of a header block in order. A bare Received value is taken as one. */
function fieldLines(kind: string, text: string): SeenLine[] {
  const lines: SeenLine[] = [];
  const add = (name: string, value: string) => {
    lines.push({ place: `${kind}:${name}`, clue: name, code: null, text: value.trim() });
    if (kind !== 'http.header' || name !== 'www-authenticate') return;
    for (const line of ntlmLines(value)) {
      lines.push({ place: 'ntlm.challenge', clue: 'ntlm challenge', code: null, text: line });
    }
  };
  let name: string | null = null;
  let value = '';
  for (const line of splitLines(text)) {
    if (line === '' && lines.length + (name === null ? 0 : 1) > 0) break;
    const folded = line.startsWith(' ') || line.startsWith('\t');
    const found = folded ? null : FIELD.exec(line);
    if (found === null) {
      // Only a Received value begins without a field name, when somebody copied it alone.
      if (name === null) name = kind === 'header' ? 'received' : 'status';
      value = value === '' ? line : `${value} ${line.trimStart()}`;
      continue;
    }
    if (name !== null) add(name, value);
    name = (found[1] as string).toLowerCase();
    value = line.slice((found[0] as string).length);
  }
  if (name !== null) add(name, value);
  return lines;
}
