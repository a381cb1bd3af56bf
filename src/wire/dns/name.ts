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

/** Reads a possibly compressed name (RFC 1035 §4.1.4); null if it is cut off, too long, or points in a circle. */
export function readName(bytes: Uint8Array, from: number): ReadName | null {
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
      const low = bytes[at + 1];
      if (low === undefined || ++pointers > POINTERS) return null;
      if (next < 0) next = at + 2;
      at = ((length & 0x3f) << 8) | low;
      continue;
    }
    if (length > 63 || at + length >= bytes.length) return null;
    octets += length + 1;
    if (octets > NAME_OCTETS) return null;
    labels.push(showLabel(bytes.subarray(at + 1, at + 1 + length)));
    at += length + 1;
  }
  return { name: labels.join('.'), next: next < 0 ? at + 1 : next };
}

function showLabel(label: Uint8Array): string {
  let text = '';
  for (const byte of label) {
    const plain = byte > 0x20 && byte < 0x7f && byte !== 0x2e && byte !== 0x5c;
    text += plain ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`;
  }
  return text.toLowerCase();
}

/** The wire form of a name as `readName` gives it; null if it cannot be a name. */
export function writeName(name: string): Buffer | null {
  const bytes: number[] = [];
  for (const label of name === '' ? [] : name.replace(/\.$/, '').split('.')) {
    const octets = [...label.matchAll(/\\(\d{3})|([^\\])/g)].map(([, code, plain]) =>
      code === undefined ? (plain as string).charCodeAt(0) : Number(code),
    );
    if (octets.length === 0 || octets.length > 63 || octets.some((octet) => octet > 255)) return null;
    bytes.push(octets.length, ...octets);
  }
  bytes.push(0);
  return bytes.length > NAME_OCTETS ? null : Buffer.from(bytes);
}

/** The form in which names are compared and kept: lower case, without a trailing dot. */
export function canonicalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
