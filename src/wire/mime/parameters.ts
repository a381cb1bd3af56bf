import { decodeCharset, guessText } from './charset.ts';
import { readEncodedWords } from './encoded-word.ts';

/** The value of a field such as Content-Type: a leading token, then parameters (RFC 2045 §5.1, RFC 2231). */
export interface ParameterisedValue {
  /** Lower case, blanks dropped. */
  readonly value: string;
  /** By lower-case name; continuations joined and charsets decoded. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Reads `token; name=value; …`, leniently. Never throws. */
export function readParameters(text: string, limit: number): ParameterisedValue {
  const pieces = new Map<string, string>();
  let at = 0;
  const end = text.length;
  while (at < end && text[at] !== ';') at++;
  const value = text.slice(0, at).replace(/\s+/g, '').toLowerCase();
  while (at < end && pieces.size < limit) {
    while (at < end && /[;\s]/.test(text[at] as string)) at++;
    let nameEnd = at;
    while (nameEnd < end && text[nameEnd] !== '=' && text[nameEnd] !== ';') nameEnd++;
    const name = text.slice(at, nameEnd).trim().toLowerCase();
    at = nameEnd;
    if (text[at] !== '=') continue;
    at++;
    while (at < end && /\s/.test(text[at] as string)) at++;
    let raw = '';
    if (text[at] === '"') {
      at++;
      while (at < end && text[at] !== '"') {
        if (text[at] === '\\' && at + 1 < end) at++;
        raw += text[at++];
      }
      at++;
    } else {
      const from = at;
      while (at < end && text[at] !== ';') at++;
      raw = text.slice(from, at).trim();
    }
    if (name !== '' && !pieces.has(name)) pieces.set(name, raw);
  }
  return { value, parameters: joinContinuations(pieces) };
}

function joinContinuations(pieces: ReadonlyMap<string, string>): Map<string, string> {
  const out = new Map<string, string>();
  for (const [name, raw] of pieces) {
    const star = name.indexOf('*');
    if (star === -1) {
      if (!out.has(name)) out.set(name, readEncodedWords(raw));
      continue;
    }
    const base = name.slice(0, star);
    if (name === `${base}*`) out.set(base, readExtended(raw));
    else if (name === `${base}*0` || name === `${base}*0*`) out.set(base, joinPieces(pieces, base));
  }
  return out;
}

function joinPieces(pieces: ReadonlyMap<string, string>, base: string): string {
  let whole = '';
  let extended = false;
  for (let index = 0; ; index++) {
    const encoded = pieces.get(`${base}*${index}*`);
    const plain = encoded ?? pieces.get(`${base}*${index}`);
    if (plain === undefined) break;
    if (encoded !== undefined) extended = true;
    whole += plain;
  }
  return extended ? readExtended(whole) : readEncodedWords(whole);
}

function readExtended(raw: string): string {
  const [charset, , ...rest] = raw.split("'");
  const body = rest.length === 0 ? raw : rest.join("'");
  const bytes = Buffer.from(
    body.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  return (rest.length > 0 && charset !== '' ? decodeCharset(bytes, charset as string) : null) ?? guessText(bytes);
}
