/**
 * Makes what a stranger sent safe to show, without hiding any of it: what cannot be seen is spelt out (`\x1b`,
 * `<U+202E>`), so that neither a terminal nor a browser acts on it and a reader still sees that it was there.
 */

/** A stretch of shown text; `spelt` is true where it stands for something that could not be shown itself. */
export interface Segment {
  readonly text: string;
  readonly spelt: boolean;
}

/** The most characters of one text that are shown; the rest is counted, not shown. */
export const SHOWN_LIMIT = 2000;
/** The most combining marks on one letter that are shown: more of them climb over the neighbouring lines. */
export const MARKS_LIMIT = 4;

const PLAIN = /^[\x20-\x7e]*$/;
/** Controls, formats (bidirectional marks, zero widths), surrogates, private use, unassigned, and all that is drawn as nothing or as a blank. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
const MARK = /\p{M}/u;
const SHORT: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 0: '\\0' };

/** Text that is already Unicode (names, sentences), as segments that are safe to show. */
export function segmentsOfText(text: string, limit: number = SHOWN_LIMIT): readonly Segment[] {
  if (text.length <= limit && PLAIN.test(text)) return [{ text, spelt: false }];
  const out = new Collector();
  let at = 0;
  while (at < text.length && at < limit) {
    const code = text.codePointAt(at)!;
    out.add(code);
    at += code > 0xffff ? 2 : 1;
  }
  return out.end(text.length - at);
}

/**
 * Quoted evidence, one character a byte (latin1), as segments that are safe to show. Bytes that form UTF-8 are shown
 * as its characters, others as `\xNN`. A text with a character above U+00FF is no byte string and is taken as Unicode.
 */
export function segmentsOfBytes(bytes: string, limit: number = SHOWN_LIMIT): readonly Segment[] {
  if (bytes.length <= limit && PLAIN.test(bytes)) return [{ text: bytes, spelt: false }];
  const head = bytes.slice(0, limit);
  for (let i = 0; i < head.length; i++) if (head.charCodeAt(i) > 0xff) return segmentsOfText(bytes, limit);
  const out = new Collector();
  let at = 0;
  while (at < head.length) {
    const [code, length] = utf8At(bytes, at);
    if (length === 0) out.spell(byteName(bytes.charCodeAt(at)));
    else out.add(code);
    at += length || 1;
  }
  return out.end(bytes.length - at);
}

/** Unicode text, safe for a terminal. */
export function visible(text: string, limit?: number): string {
  return joined(segmentsOfText(text, limit));
}

/** Quoted bytes, safe for a terminal. */
export function visibleBytes(bytes: string, limit?: number): string {
  return joined(segmentsOfBytes(bytes, limit));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Escapes what HTML gives a meaning, for text and for quoted attribute values alike. Unseen characters are not its business. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => ENTITIES[character]!);
}

/** Unicode text, safe as an HTML attribute value in quotes. */
export function htmlAttribute(text: string, limit?: number): string {
  return escapeMarkup(visible(text, limit));
}

/** Segments as HTML text; what was spelt out is marked, so that `\x1b` and the four letters of it can be told apart. */
export function htmlOfSegments(segments: readonly Segment[]): string {
  return segments
    .map(({ text, spelt }) => (spelt ? `<span class="spelt">${escapeMarkup(text)}</span>` : escapeMarkup(text)))
    .join('');
}

function joined(segments: readonly Segment[]): string {
  return segments.length === 1 ? segments[0]!.text : segments.map(({ text }) => text).join('');
}

/** Gathers code points into as few segments as possible. */
class Collector {
  readonly #segments: Segment[] = [];
  #plain = '';
  #spelt = '';
  #marks = 0;
  #base = false;

  add(code: number): void {
    const character = String.fromCodePoint(code);
    if (code >= 0x20 && code < 0x7f) this.#show(character, false);
    else if (UNSEEN.test(character)) this.spell(codeName(code));
    else if (!MARK.test(character)) this.#show(character, false);
    else if (this.#base && this.#marks < MARKS_LIMIT) this.#show(character, true);
    else this.spell(codeName(code));
  }

  spell(name: string): void {
    if (this.#plain !== '') this.#segments.push({ text: this.#plain, spelt: false });
    this.#plain = '';
    this.#spelt += name;
    this.#base = false;
  }

  end(left: number): readonly Segment[] {
    if (left > 0) this.spell(`… ${left} more`);
    this.#flushSpelt();
    if (this.#plain !== '' || this.#segments.length === 0) this.#segments.push({ text: this.#plain, spelt: false });
    return this.#segments;
  }

  #show(character: string, mark: boolean): void {
    this.#flushSpelt();
    this.#plain += character;
    this.#marks = mark ? this.#marks + 1 : 0;
    this.#base = true;
  }

  #flushSpelt(): void {
    if (this.#spelt !== '') this.#segments.push({ text: this.#spelt, spelt: true });
    this.#spelt = '';
  }
}

function codeName(code: number): string {
  const short = SHORT[code];
  if (short !== undefined) return short;
  if (code < 0x20 || code === 0x7f) return byteName(code);
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}

function byteName(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** The code point that starts at `at` and its length in bytes; length 0 if no well-formed UTF-8 starts there (Unicode 16, table 3-7). */
function utf8At(bytes: string, at: number): readonly [code: number, length: number] {
  const first = bytes.charCodeAt(at);
  if (first < 0x80) return [first, 1];
  if (first < 0xc2 || first > 0xf4) return [0, 0];
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  let code = first & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) {
    const next = bytes.charCodeAt(at + i);
    if (!(next >= 0x80 && next <= 0xbf)) return [0, 0];
    code = (code << 6) | (next & 0x3f);
  }
  const least = length === 2 ? 0x80 : length === 3 ? 0x800 : 0x10000;
  if (code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return [0, 0];
  return [code, length];
}
