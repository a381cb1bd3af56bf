import type { FoundFlaw, ParameterisedValue, RawParameter } from './parameterised-value.ts';

const [OTHER, TYPE, NAME, TOKEN] = [0, 1, 2, 4];
/** What a character may stand in: a type with its slash, the name of a parameter, a value without quotes (RFC 2045 §5.1). */
const KIND = Uint8Array.from({ length: 128 }, (_, c) => {
  const char = String.fromCharCode(c);
  if (/[A-Za-z0-9-]/.test(char)) return TYPE | NAME | TOKEN;
  if (/[!#$&^_.+]/.test(char)) return TYPE | TOKEN;
  return char === '/' ? TYPE : /[%'`{|}~]/.test(char) ? TOKEN : OTHER;
});

const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const BACKSLASH = 0x5c;
const QUESTION = 0x3f;
const DELETE = 0x7f;

const NO_FLAWS: readonly FoundFlaw[] = [];

/**
 * Reads `token; name=value; name="value"` in the form that nearly all senders write, which all readers take alike. Null where there is
 * anything that has to be judged, if only a comment; then the careful reading is asked.
 */
export function readPlainParameters(text: string, limit: number): ParameterisedValue | null {
  let at = endOf(text, 0, TYPE);
  if (at === 0 || text.charCodeAt(at - 1) === 0x2f) return null;
  const value = text.slice(0, at).toLowerCase();
  const list: RawParameter[] = [];
  const parameters = new Map<string, string>();
  for (;;) {
    at = afterBlanks(text, at);
    if (at === text.length) return { value, parameters, list, flaws: NO_FLAWS };
    if (text.charCodeAt(at) !== SEMICOLON) return null;
    at = afterBlanks(text, at + 1);
    if (at === text.length) continue;
    const from = at;
    at = endOf(text, at, NAME);
    if (at === from || text.charCodeAt(at) !== EQUALS || list.length >= limit) return null;
    const name = text.slice(from, at).toLowerCase();
    const quoted = text.charCodeAt(at + 1) === QUOTE;
    const start = quoted ? at + 2 : at + 1;
    const end = quoted ? quoteEnd(text, start) : tokenEnd(text, start);
    if (end === -1 || parameters.has(name)) return null;
    const given = text.slice(start, end);
    list.push({ name, value: given });
    parameters.set(name, given);
    at = quoted ? end + 1 : end;
  }
}

function endOf(text: string, from: number, kind: number): number {
  let at = from;
  while (at < text.length && ((KIND[text.charCodeAt(at)] ?? OTHER) & kind) !== 0) at++;
  return at;
}

function afterBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x09) at++;
  return at;
}

/** Where a value without quotes ends; -1 if there is none or it needs judging. */
function tokenEnd(text: string, start: number): number {
  const end = endOf(text, start, TOKEN);
  return end === start || text.charCodeAt(start) === APOSTROPHE ? -1 : end;
}

/** Where the quotes close; -1 if something inside needs judging. */
function quoteEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === QUOTE) return at;
    if (c < 0x20 || c === BACKSLASH || c === DELETE) return -1;
    if (c === EQUALS && text.charCodeAt(at + 1) === QUESTION) return -1;
  }
  return -1;
}
