/** Takes a run of its class from `from` and returns where it ends, or -1. */
export type Take = (line: string, from: number) => number;

const TAKES: { readonly [name: string]: Take } = {
  /** Begins with a digit: `8.14.4`, `4.90_1`, `24.5.1c`, `9.0.1FP8`. */
  version: (line, at) => (isDigit(line.charCodeAt(at)) ? trimmed(line, at, isVersionCode) : -1),
  /** May begin with a letter: `V2R4`, `M.4.01`. */
  release: (line, at) => trimmed(line, at, isVersionCode),
  /** Digits and full stops only. */
  dotted: (line, at) => (isDigit(line.charCodeAt(at)) ? trimmed(line, at, (code) => isDigit(code) || code === 46) : -1),
  /** Letters, digits and full stops: `4.0b8` of `4.0b8-mysql`. */
  build: (line, at) =>
    isDigit(line.charCodeAt(at)) ? trimmed(line, at, (code) => isWordCode(code) || code === 46) : -1,
  /** Digits and full stops, and one letter if it ends them: `6.0.0m` of `6.0.0m.R`. */
  lettered: (line, at) => takeLettered(line, at),
  number: (line, at) => taken(line, at, isDigit),
  hex: (line, at) => taken(line, at, isHex),
  /** A host name, an address, or what somebody put in their place. */
  host: (line, at) => taken(line, at, (code) => code > 32 && code !== 40 && code !== 41 && code !== 44 && code !== 59),
  word: (line, at) => taken(line, at, (code) => code > 32),
  /** What stands between brackets and slashes, blanks too: Sendmail's version may be any words. */
  field: (line, at) => taken(line, at, (code) => code >= 32 && code !== 47 && code !== 40 && code !== 41),
  name: (line, at) => taken(line, at, (code) => isWordCode(code) || code === 45 || code === 95),
  alnum: (line, at) => taken(line, at, isWordCode),
  letters: (line, at) => taken(line, at, (code) => isWordCode(code) && !isDigit(code)),
  rest: (line, at) => (at < line.length ? line.length : -1),
};

/** What a capture of that class takes; undefined if there is no such class. */
export function takeOf(kind: string): Take | undefined {
  const known = TAKES[kind];
  if (known !== undefined) return known;
  const [, base, length] = /^(hex|number|alnum)(\d+)$/.exec(kind) ?? [];
  const take = base === undefined ? undefined : TAKES[base];
  if (take === undefined) return undefined;
  return (line, at) => (take(line, at) === at + Number(length) ? at + Number(length) : -1);
}

function taken(line: string, from: number, belongs: (code: number) => boolean): number {
  let at = from;
  while (at < line.length && belongs(line.charCodeAt(at))) at++;
  return at === from ? -1 : at;
}

/** A run without the punctuation that ends a sentence: `8.13.3.` is 8.13.3. */
function trimmed(line: string, from: number, belongs: (code: number) => boolean): number {
  let end = taken(line, from, belongs);
  while (end > from && !isWordCode(line.charCodeAt(end - 1))) end--;
  return end <= from ? -1 : end;
}

function takeLettered(line: string, from: number): number {
  if (!isDigit(line.charCodeAt(from))) return -1;
  const end = trimmed(line, from, (code) => isDigit(code) || code === 46);
  const letter = isWordCode(line.charCodeAt(end)) && !isWordCode(line.charCodeAt(end + 1));
  return letter ? end + 1 : end;
}

function isHex(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}

function isVersionCode(code: number): boolean {
  return isWordCode(code) || code === 46 || code === 95 || code === 45 || code === 43;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** True for the letters and digits that make up a word. */
export function isWordCode(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90);
}
