/** A mail address as it stands in a text. `start` and `end` are its own bounds, without brackets. */
export interface AddressSpan {
  readonly address: string;
  readonly start: number;
  readonly end: number;
}

/** RFC 5321 §4.5.3.1, and some room for what senders really write. */
const MAX_LOCAL = 256;
const MAX_DOMAIN = 255;

/** Finds the mail addresses of a line, left to right: whatever stands around an `@` without a space. Linear. */
export function findAddresses(line: string): AddressSpan[] {
  const found: AddressSpan[] = [];
  let from = 0;
  for (let at = line.indexOf('@'); at !== -1; at = line.indexOf('@', at + 1)) {
    if (at < from) continue;
    let start = localStart(line, at, from);
    let end = at + 1;
    while (
      end < line.length &&
      end - at <= MAX_DOMAIN &&
      isDomainCharacter(line.charCodeAt(end), end === at + 1) &&
      !mixesScripts(line, at, end)
    )
      end++;
    if (line.charCodeAt(at + 1) === 0x5b) {
      const close = line.indexOf(']', at);
      if (close !== -1 && close - at < 64) end = close + 1;
    }
    while (end > at + 1 && isTrailer(line.charCodeAt(end - 1))) end--;
    // `'user@example'` and `*user@example*` are quoted addresses; so is the `mailto:` of a link, which no colon lets in.
    while (start < at && isLeader(line.charCodeAt(start)) && line.charCodeAt(start + 1) !== 0x3f) start++;
    if (start === at || end === at + 1) continue;
    found.push({ address: line.slice(start, end), start, end });
    from = end;
  }
  return found;
}

/** True if both are the same mailbox as far as upper and lower case go. */
export function sameAddress(a: string, b: string): boolean {
  return a.length === b.length && a.toLowerCase() === b.toLowerCase();
}

function localStart(line: string, at: number, from: number): number {
  let start = at;
  if (line.charCodeAt(at - 1) === 0x22) {
    const open = line.lastIndexOf('"', at - 2);
    if (open >= from && at - open <= MAX_LOCAL && open < at - 1) return open;
  }
  while (start > from && at - start < MAX_LOCAL && isLocalCharacter(line.charCodeAt(start - 1))) start--;
  return start;
}

function isLocalCharacter(c: number): boolean {
  if (c > 0x7f)
    return (
      !(c >= 0x2000 && c <= 0x206f) &&
      !(c >= 0x3000 && c <= 0x9fff) &&
      c < 0xff00 &&
      c !== 0xa0 &&
      c !== 0xab &&
      c !== 0xbb
    );
  return ATEXT[c] === 1;
}

/** RFC 5322 §3.2.3, with the dot. */
const ATEXT = Uint8Array.from({ length: 128 }, (_, c) =>
  /[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]/.test(String.fromCharCode(c)) ? 1 : 0,
);

function isDomainCharacter(c: number, first: boolean): boolean {
  if ((c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a)) return true;
  if (c === 0x2e || c === 0x2d || c === 0x5f || (c === 0x23 && first)) return true;
  return c > 0xbf && !(c >= 0x2000 && c <= 0x206f) && !(c >= 0x3000 && c <= 0x30ff) && c < 0xff00;
}

/** True where other letters follow `user@example.com` without a space, as in languages that use none. */
function mixesScripts(line: string, at: number, end: number): boolean {
  const before = line.charCodeAt(end - 1);
  return (
    line.charCodeAt(end) > 0x7f &&
    before < 0x80 &&
    before !== 0x2e &&
    before !== 0x2d &&
    line.indexOf('.', at) !== -1 &&
    line.indexOf('.', at) < end
  );
}

function isTrailer(c: number): boolean {
  return c === 0x2e || c === 0x2d || c === 0x5f;
}

function isLeader(c: number): boolean {
  return c === 0x27 || c === 0x2a || c === 0x2e || c === 0x60 || c === 0x3d;
}
