/** How bytes are written in a transcript: what prints stands as it is, all else is escaped, so that it reads back byte for byte. */

/** Reads escapes. Characters above U+007F stand for their UTF-8 bytes. Returns latin1, or the index of what is no escape. */
export function unescapeBytes(text: string): { readonly bytes: string } | { readonly faultAt: number } {
  let bytes = '';
  for (let index = 0; index < text.length; ) {
    const char = text[index] as string;
    if (char === '\\') {
      const read = readEscape(text, index + 1);
      if (read === null) return { faultAt: index };
      bytes += read.byte;
      index = read.next;
    } else if (char < '\x80') {
      bytes += char;
      index += 1;
    } else {
      const whole = String.fromCodePoint(text.codePointAt(index) as number);
      bytes += Buffer.from(whole, 'utf8').toString('latin1');
      index += whole.length;
    }
  }
  return { bytes };
}

const NAMED: Readonly<Record<string, string>> = {
  r: '\r',
  n: '\n',
  t: '\t',
  '0': '\0',
  '\\': '\\',
  '"': '"',
  '*': '*',
};

function readEscape(text: string, at: number): { readonly byte: string; readonly next: number } | null {
  const named = NAMED[text[at] ?? ''];
  if (named !== undefined) return { byte: named, next: at + 1 };
  if (text[at] !== 'x') return null;
  const hex = text.slice(at + 1, at + 3);
  return /^[0-9a-fA-F]{2}$/.test(hex) ? { byte: String.fromCharCode(Number.parseInt(hex, 16)), next: at + 3 } : null;
}

/** Writes bytes (latin1). `special` are printing characters that mean something where the text will stand. */
export function escapeBytes(bytes: string, special = ''): string {
  let text = '';
  for (const char of bytes) {
    if (char === '\r') text += '\\r';
    else if (char === '\n') text += '\\n';
    else if (char === '\t') text += '\\t';
    else if (char < ' ' || char > '~') text += `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
    else if (char === '\\' || special.includes(char)) text += `\\${char}`;
    else text += char;
  }
  // A blank at the end of a line is what editors take away.
  return text.endsWith(' ') ? `${text.slice(0, -1)}\\x20` : text;
}

/** A line that is expected: literal pieces between which anything may stand. */
export type Pattern = readonly [string, ...string[]];

/** Reads a pattern: `*` is anything, `\*` is a star. */
export function readPattern(text: string): { readonly pattern: Pattern } | { readonly faultAt: number } {
  const pieces: string[] = [];
  let start = 0;
  for (const star of starsOf(text)) {
    const piece = unescapeBytes(text.slice(start, star));
    if ('faultAt' in piece) return { faultAt: start + piece.faultAt };
    pieces.push(piece.bytes);
    start = star + 1;
  }
  const last = unescapeBytes(text.slice(start));
  if ('faultAt' in last) return { faultAt: start + last.faultAt };
  return { pattern: [...pieces, last.bytes] as unknown as Pattern };
}

/** The indices of the stars that are not escaped, and at last the end. */
function* starsOf(text: string): Generator<number> {
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '*') yield index;
  }
}

/** True if the text is the pieces in order, with anything in between. Linear: each piece is looked for once, from where the last one ended. */
export function matchesPattern(pattern: Pattern, text: string): boolean {
  const [first, ...rest] = pattern;
  if (rest.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  const last = rest.pop() as string;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

/** The pattern as it is written. */
export function writePattern(pattern: Pattern): string {
  const pieces = pattern.map((piece) => escapeBytes(`${piece}.`, '*').slice(0, -1));
  const joined = pieces.join('*');
  return joined.endsWith(' ') ? `${joined.slice(0, -1)}\\x20` : joined;
}
