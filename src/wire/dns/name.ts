/** Octets of a name on the wire, the root's zero included (RFC 1035 §2.3.4). */
const NAME_OCTETS = 255;
/** Compression pointers followed for one name: more than a name can have labels is a loop. */
const POINTERS = 127;

/** A name that was read, and the offset behind it. */
export interface ReadName {
  /** Lower case, no trailing dot; the root is the empty string. Bytes outside printable ASCII, dots and backslashes of a label stand as `\DDD`. */
  readonly name: string;
  readonly next: number;
}

/** Names of one message by the offset they stand at: most names of a large answer point to the same few. */
export type KnownNames = Map<number, string>;

/**
 * Reads a possibly compressed name (RFC 1035 §4.1.4); null if it is cut off, too long, or points in a circle. With `known`, a name
 * that is nothing but a pointer is read once for all records.
 */
export function readName(bytes: Uint8Array, from: number, known?: KnownNames): ReadName | null {
  const target = pointerAt(bytes, from);
  const seen = target === null ? undefined : known?.get(target);
  if (seen !== undefined) return { name: seen, next: from + 2 };
  const read = walkLabels(bytes, from);
  if (read !== null && target !== null) known?.set(target, read.name);
  return read;
}

/** Where a pointer leads; null if no pointer stands there, or half a one. */
function pointerAt(bytes: Uint8Array, at: number): number | null {
  const [high, low] = [bytes[at] ?? 0, bytes[at + 1]];
  return high >= 0xc0 && low !== undefined ? ((high & 0x3f) << 8) | low : null;
}

function walkLabels(bytes: Uint8Array, from: number): ReadName | null {
  const labels: string[] = [];
  let at = from;
  let next = -1;
  let octets = 1;
  let pointers = 0;
  for (;;) {
    const length = bytes[at];
    if (length === undefined) return null;
    if (length === 0) break;
    if (length >= 0xc0) {
      const target = pointerAt(bytes, at);
      if (target === null || ++pointers > POINTERS) return null;
      if (next < 0) next = at + 2;
      at = target;
      continue;
    }
    if (length > 63 || at + length >= bytes.length) return null;
    octets += length + 1;
    if (octets > NAME_OCTETS) return null;
    labels.push(showLabel(bytes, at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), next: next < 0 ? at + 1 : next };
}

function showLabel(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    const plain = byte > 0x20 && byte < 0x7f && byte !== 0x2e && byte !== 0x5c;
    text += plain ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`;
  }
  return text;
}

/** The wire form of a name as `readName` gives it; null if it cannot be a name. */
export function writeName(name: string): Buffer | null {
  const bytes: number[] = [];
  const whole = name.replace(/\.$/, '');
  for (const label of whole === '' ? [] : whole.split('.')) {
    const octets = octetsOf(label);
    if (octets === null || octets.length === 0 || octets.length > 63) return null;
    bytes.push(octets.length, ...octets);
  }
  bytes.push(0);
  return bytes.length > NAME_OCTETS ? null : Buffer.from(bytes);
}

/** A label's octets, `\DDD` being one; null if there is a character that is none. */
function octetsOf(label: string): number[] | null {
  const octets: number[] = [];
  for (let at = 0; at < label.length; at++) {
    const escaped = label[at] === '\\';
    const digits = label.slice(at + 1, at + 4);
    if (escaped && !/^\d{3}$/.test(digits)) return null;
    const octet = escaped ? Number(digits) : label.charCodeAt(at);
    if (octet > 255) return null;
    octets.push(octet);
    if (escaped) at += 3;
  }
  return octets;
}

/** The form in which names are compared and kept: lower case, without a trailing dot. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
