import { htmlAttribute, htmlOfSegments, segmentsOfBytes, segmentsOfText } from '../escape.ts';

/** HTML that is safe to send. Made only by `html` and the functions of this file, so that no text gets in unescaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

export type Content = Markup | string | number | null | undefined | false | readonly Content[];

/**
 * A template whose values are escaped by where they stand: as an attribute value behind `="`, as text elsewhere.
 * Nothing, null and false leave no trace; lists are joined.
 */
export function html(literals: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let out = literals[0]!;
  for (const [at, value] of values.entries()) {
    const attribute = literals[at]!.endsWith('="');
    out += (attribute ? attributeOf(value) : textOf(value)) + literals[at + 1]!;
  }
  return new Markup(out);
}

/** Quoted evidence (one character a byte), as text. */
export function bytes(text: string, limit?: number): Markup {
  return new Markup(htmlOfSegments(segmentsOfBytes(text, limit)));
}

/** Text of several lines, each escaped on its own, for `<pre>`. Words with a hyphen are kept whole where lines break. */
export function preformatted(text: string): Markup {
  const line = (written: string): string => written.split(/( +)/).map(word).join('');
  return new Markup(text.split('\n').map(line).join('\n'));
}

/** The longest word that fits on a line everywhere. */
const WORD_MAX = 30;

function word(text: string): string {
  const escaped = htmlOfSegments(segmentsOfText(text));
  return text.length <= WORD_MAX && text.includes('-') ? `<span class="word">${escaped}</span>` : escaped;
}

function textOf(value: Content): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return htmlOfSegments(segmentsOfText(value));
  return value.map(textOf).join('');
}

function attributeOf(value: Content): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Markup || Array.isArray(value)) throw new TypeError('markup cannot stand in an attribute');
  return htmlAttribute(String(value));
}
