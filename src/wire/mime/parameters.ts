import { decodeCharset, guessText } from './charset.ts';
import { readEncodedWords } from './encoded-word.ts';
import type { FoundFlaw, ParameterFlaw, ParameterisedValue, RawParameter } from './parameterised-value.ts';
import { readPlainParameters } from './plain-parameters.ts';

export type { FoundFlaw, ParameterFlaw, ParameterisedValue, RawParameter } from './parameterised-value.ts';

/** Reads `token; name=value; …` (RFC 2045 §5.1) as it is found in the wild. Never throws; linear in the text. */
export function readParameters(text: string, limit: number): ParameterisedValue {
  const plain = readPlainParameters(text, limit);
  if (plain !== null) return plain;
  const reader = new ParameterReader(text, limit);
  const value = reader.readValue();
  reader.readList();
  const parameters = resolve(reader.list, reader.flaws);
  return { value, parameters, list: reader.list, flaws: reader.flaws };
}

const BLANKS = ' \t\r\n';
const SPECIALS = '<>@,:/[]?=';

class ParameterReader {
  readonly list: RawParameter[] = [];
  readonly flaws: FoundFlaw[] = [];
  readonly #text: string;
  readonly #limit: number;
  #at = 0;

  constructor(text: string, limit: number) {
    this.#text = text;
    this.#limit = limit;
    if (CONTROL.test(text)) this.#note('control', '');
  }

  /** The token before the first parameter. Blanks around its slash are dropped. */
  readValue(): string {
    this.#skipBlanks('');
    let value = '';
    for (;;) {
      const from = this.#at;
      while (this.#at < this.#text.length && !' \t\r\n;('.includes(this.#char())) this.#at++;
      value += this.#text.slice(from, this.#at);
      const blanksAt = this.#at;
      this.#skipBlanks('');
      const next = this.#char();
      if (this.#at > blanksAt && (next === '/' || value.endsWith('/')) && !value.slice(0, -1).includes('/')) {
        this.#note('blank-in-type', '');
        if (next === '/' || next !== '') continue;
      }
      if (next !== '' && next !== ';') this.#note('no-semicolon', '');
      return value.toLowerCase();
    }
  }

  readList(): void {
    while (this.#at < this.#text.length) {
      if (this.list.length >= this.#limit) {
        this.#note('too-many', '');
        return;
      }
      if (this.#char() === ';') this.#at++;
      else if (!this.#skipBlanks('')) this.#readOne();
    }
  }

  #readOne(): void {
    const from = this.#at;
    while (this.#at < this.#text.length && !'=; \t\r\n('.includes(this.#char())) this.#at++;
    const name = this.#text.slice(from, this.#at).toLowerCase();
    const base = baseOf(name);
    const commented = this.#char() === '(';
    if (this.#skipBlanks(base) && this.#char() === '=') this.#note('blank-at-equals', base);
    if (commented) this.#note('comment-in-name', base);
    if (this.#char() !== '=') {
      this.#note('stray', base);
      if (this.#at === from) this.#at++;
      return;
    }
    this.#at++;
    if (this.#skipBlanks(base) && this.#char() !== ';') this.#note('blank-at-equals', base);
    const value = this.#char() === '"' ? this.#readQuoted(base) : this.#readToken(base);
    if (name === '') this.#note('stray', '');
    else this.list.push({ name, value });
  }

  #readQuoted(base: string): string {
    let value = '';
    let from = ++this.#at;
    while (this.#at < this.#text.length && this.#char() !== '"') {
      if (this.#char() === '\\' && this.#at + 1 < this.#text.length) {
        value += this.#text.slice(from, this.#at);
        from = ++this.#at;
        this.#note('escape', base);
      }
      this.#at++;
    }
    value += this.#text.slice(from, this.#at);
    if (this.#at >= this.#text.length) this.#note('unclosed-quote', base);
    this.#at++;
    this.#skipBlanks(base);
    if (this.#at < this.#text.length && this.#char() !== ';') {
      // `name="a" charset=b`: a semicolon was forgotten. `name="a"b`: the quotes do not bound the value.
      this.#note(NAME_FOLLOWS.test(this.#text.slice(this.#at, this.#at + 40)) ? 'no-semicolon' : 'after-quote', base);
      if (!NAME_FOLLOWS.test(this.#text.slice(this.#at, this.#at + 40)))
        while (this.#at < this.#text.length && this.#char() !== ';') this.#at++;
    }
    return value.includes('\n') || value.includes('\r') ? value.replace(/[\r\n]+/g, '') : value;
  }

  #readToken(base: string): string {
    const from = this.#at;
    while (this.#at < this.#text.length && this.#char() !== ';') this.#at++;
    let value = this.#text.slice(from, this.#at).trimEnd();
    const blank = /[ \t\r\n]/.exec(value);
    if (blank !== null) {
      // `boundary=a charset=b`: a semicolon was forgotten. A file name may hold blanks.
      const rest = value.slice(blank.index).trimStart();
      if (NAME_FOLLOWS.test(rest.slice(0, 40)) || !NAMES.has(base)) {
        this.#note(NAME_FOLLOWS.test(rest.slice(0, 40)) ? 'no-semicolon' : 'unquoted-blank', base);
        this.#at = from + blank.index;
        value = value.slice(0, blank.index);
      } else this.#note('unquoted-blank', base);
    }
    if (value.includes('"')) this.#note('quote-in-token', base);
    if (value.includes('\\')) this.#note('escape', base);
    if (value.includes('(') || value.includes(')')) this.#note('comment', base);
    if (value.startsWith("'")) this.#note('single-quote', base);
    for (const char of SPECIALS) {
      if (!value.includes(char)) continue;
      this.#note('unquoted-special', base);
      break;
    }
    return value;
  }

  /** Passes over blanks and comments. True if there were any. */
  #skipBlanks(base: string): boolean {
    const from = this.#at;
    for (;;) {
      while (this.#at < this.#text.length && BLANKS.includes(this.#char())) this.#at++;
      if (this.#char() !== '(') return this.#at > from;
      this.#note('comment', base);
      this.#skipComment();
    }
  }

  #skipComment(): void {
    let depth = 0;
    do {
      const char = this.#char();
      if (char === '(') depth++;
      else if (char === ')') depth--;
      else if (char === '\\') this.#at++;
      this.#at++;
    } while (depth > 0 && this.#at < this.#text.length);
  }

  #char(): string {
    return this.#text[this.#at] ?? '';
  }

  #note(flaw: ParameterFlaw, parameter: string): void {
    if (!this.flaws.some((found) => found.flaw === flaw && found.parameter === parameter) && this.flaws.length < 50)
      this.flaws.push({ flaw, parameter });
  }
}

const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)/;
const NAME_FOLLOWS = /^[a-z0-9-]+(?:\*\d{0,3}\*?)?[ \t]{0,8}=/i;
const NAMES: ReadonlySet<string> = new Set(['name', 'filename']);

function baseOf(name: string): string {
  const star = name.indexOf('*');
  return star === -1 ? name : name.slice(0, star);
}

/** A piece of an RFC 2231 value: `*`, `*0`, `*0*` … */
interface Piece {
  /** -1 for the mark without a number. */
  readonly number: number;
  readonly encoded: boolean;
  readonly value: string;
}

function resolve(list: readonly RawParameter[], flaws: FoundFlaw[]): Map<string, string> {
  const plain = new Map<string, string>();
  const extended = new Map<string, Piece[]>();
  const note = (flaw: ParameterFlaw, parameter: string) => {
    if (!flaws.some((found) => found.flaw === flaw && found.parameter === parameter)) flaws.push({ flaw, parameter });
  };
  for (const { name, value } of list) {
    const star = name.indexOf('*');
    if (star === -1) {
      if (plain.has(name)) note('duplicate', name);
      else plain.set(name, value);
      continue;
    }
    const base = name.slice(0, star);
    const mark = /^\*(\d{1,4})?(\*)?$/.exec(name.slice(star));
    if (mark === null || (mark[1] === undefined && mark[2] !== undefined)) {
      note('pieces', base);
      continue;
    }
    const piece = {
      number: mark[1] === undefined ? -1 : Number(mark[1]),
      encoded: mark[1] === undefined || mark[2] !== undefined,
      value,
    };
    const pieces = extended.get(base);
    if (pieces === undefined) extended.set(base, [piece]);
    else pieces.push(piece);
  }
  const out = new Map<string, string>();
  for (const [name, value] of plain) {
    const decoded = readEncodedWords(value);
    if (decoded !== value) note('encoded-word', name);
    out.set(name, decoded);
  }
  for (const [base, pieces] of extended) {
    note(pieces.some((piece) => piece.number >= 0) ? 'pieces' : 'extended', base);
    const joined = joinPieces(pieces, (flaw) => note(flaw, base));
    // RFC 2231 says nothing on both; RFC 5987 §4.2 and the clients prefer the extended form of a file name.
    if (joined !== null && (!out.has(base) || NAMES.has(base))) out.set(base, joined);
  }
  return out;
}

/** Joins by number from 0 up to the first gap, as the standard says. Null if there is no first piece. */
function joinPieces(pieces: readonly Piece[], note: (flaw: ParameterFlaw) => void): string | null {
  const whole = pieces.find((piece) => piece.number === -1);
  if (whole !== undefined) {
    if (pieces.length > 1) note('piece-order');
    return readExtended(whole.value);
  }
  const byNumber = new Map<number, Piece>();
  for (const piece of pieces) {
    if (byNumber.has(piece.number)) note('piece-order');
    else byNumber.set(piece.number, piece);
  }
  if (pieces.some((piece, index) => piece.number !== index)) note('piece-order');
  let text = '';
  let anyEncoded = false;
  for (let number = 0; ; number++) {
    const piece = byNumber.get(number);
    if (piece === undefined) break;
    anyEncoded ||= piece.encoded;
    // A percent sign in a piece that is not encoded stands for itself (RFC 2231 §4.1).
    text += piece.encoded ? piece.value : piece.value.replaceAll('%', '%25');
  }
  const any = byNumber.has(0) ? text : pieces.map((piece) => piece.value).join('');
  if (any === '') return null;
  return anyEncoded ? readExtended(any) : readEncodedWords(any.replaceAll('%25', '%'));
}

/** `charset'language'text` with percent signs (RFC 2231 §4); forms without the quotes, and encoded words, are read too. */
export function readExtended(raw: string): string {
  const first = raw.indexOf("'");
  const second = first === -1 ? -1 : raw.indexOf("'", first + 1);
  if (second === -1) {
    const decoded = readEncodedWords(raw);
    return decoded === raw ? guessText(percentDecode(raw)) : decoded;
  }
  const bytes = percentDecode(raw.slice(second + 1));
  const charset = raw.slice(0, first);
  return (charset === '' ? null : decodeCharset(bytes, charset)) ?? guessText(bytes);
}

function percentDecode(text: string): Buffer {
  const source = Buffer.from(text, 'utf8');
  if (!source.includes(0x25)) return source;
  const out = Buffer.allocUnsafe(source.length);
  let length = 0;
  for (let at = 0; at < source.length; at++) {
    const pair = source[at] === 0x25 ? source.toString('latin1', at + 1, at + 3) : '';
    if (/^[0-9A-Fa-f]{2}$/.test(pair)) {
      out[length++] = Number.parseInt(pair, 16);
      at += 2;
    } else out[length++] = source[at] as number;
  }
  return out.subarray(0, length);
}
