/**
 * Orders Debian package versions exactly as dpkg does (Debian Policy §5.6.12): epoch as a number, then upstream version
 * and revision by turns of non-digits (`~` before the end, letters before the rest) and digits. Never throws.
 */
export function compareDebian(a: string, b: string): number {
  const left = parts(a);
  const right = parts(b);
  return (
    compareDigits(left.epoch, right.epoch) ||
    compareVerse(left.upstream, right.upstream) ||
    compareVerse(left.revision, right.revision)
  );
}

interface DebianVersion {
  readonly epoch: string;
  readonly upstream: string;
  readonly revision: string;
}

function parts(version: string): DebianVersion {
  const colon = version.indexOf(':');
  const epoch = colon === -1 ? '0' : version.slice(0, colon);
  const rest = version.slice(colon + 1);
  const hyphen = rest.lastIndexOf('-');
  if (hyphen === -1) return { epoch, upstream: rest, revision: '' };
  return { epoch, upstream: rest.slice(0, hyphen), revision: rest.slice(hyphen + 1) };
}

/** The upstream part, without the epoch and the revision: `2.3.19.1+dfsg1` of `1:2.3.19.1+dfsg1-2.1`. */
export function upstreamOf(version: string): string {
  return parts(version).upstream;
}

/** True for text of the form of a package version with a revision, as `dpkg-query` prints it. */
export function isDebianVersion(text: string): boolean {
  return text.length <= 200 && /^(?:\d{1,9}:)?\d[A-Za-z0-9.+~:-]*-[A-Za-z0-9+.~]+$/.test(text);
}

function compareVerse(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a, i)) || (j < b.length && !isDigit(b, j))) {
      const difference = order(a, i) - order(b, j);
      if (difference !== 0) return difference;
      i += 1;
      j += 1;
    }
    const left = digitsAt(a, i);
    const right = digitsAt(b, j);
    const difference = compareDigits(left, right);
    if (difference !== 0) return difference;
    i += left.length;
    j += right.length;
  }
  return 0;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/** `~` sorts before the end of the text, a digit as the end, letters by code, all else after letters. */
function order(text: string, at: number): number {
  if (at >= text.length || isDigit(text, at)) return 0;
  const code = text.charCodeAt(at);
  if (code === 126) return -1;
  const letter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return letter ? code : code + 256;
}

function digitsAt(text: string, at: number): string {
  let end = at;
  while (end < text.length && isDigit(text, end)) end += 1;
  return text.slice(at, end);
}

/** Compares digit strings of any length by value. */
function compareDigits(a: string, b: string): number {
  const left = a.replace(/^0+/, '');
  const right = b.replace(/^0+/, '');
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}
