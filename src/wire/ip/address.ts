/** The text of an IPv6 address as RFC 5952 wants it: lower case, the longest run of zero groups shortened. */
export function showIpv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0));
  let [start, length] = [-1, 1];
  for (let at = 0; at < 8; at++) {
    let run = 0;
    while (at + run < 8 && groups[at + run] === 0) run++;
    if (run > length) [start, length] = [at, run];
    at += run;
  }
  const hex = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return start < 0 ? hex(0, 8) : `${hex(0, start)}::${hex(start + length, 8)}`;
}

/** Four bytes of an IPv4 address, or null. */
export function readIpv4(text: string): readonly [number, number, number, number] | null {
  // A leading zero means octal to some readers (RFC 6943 §3.1.1): such a text is no address to anyone.
  if (!/^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/.test(text)) return null;
  const parts = text.split('.').map(Number);
  return parts.every((part) => part < 256) ? (parts as [number, number, number, number]) : null;
}

/** Sixteen bytes of an IPv6 address, an IPv4 tail included, or null. */
export function readIpv6(text: string): Uint8Array | null {
  const halves = text.split('::');
  if (text.length > 45 || halves.length > 2) return null;
  const read = halves.map(groupsOf);
  const [head, tail = []] = read;
  if (head == null || tail == null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const groups = [...head, ...new Array<number>(Math.max(0, missing)).fill(0), ...tail];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

function groupsOf(text: string): number[] | null {
  const groups: number[] = [];
  const parts = text === '' ? [] : text.split(':');
  for (const [index, part] of parts.entries()) {
    const four = index === parts.length - 1 ? readIpv4(part) : null;
    if (four !== null) groups.push((four[0] << 8) | four[1], (four[2] << 8) | four[3]);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}

/** The name under which DNS keeps the PTR records of an address (RFC 1035 §3.5, RFC 3596 §2.5); null if it is no address. */
export function reverseName(address: string): string | null {
  const four = readIpv4(address);
  if (four !== null) return `${[...four].reverse().join('.')}.in-addr.arpa`;
  const six = readIpv6(address);
  if (six === null) return null;
  const nibbles = [...six].flatMap((byte) => [byte >> 4, byte & 15]).reverse();
  return `${nibbles.map((nibble) => nibble.toString(16)).join('.')}.ip6.arpa`;
}

/** Ranges that are never public: this network, private (RFC 1918), shared (RFC 6598), loopback, link-local (RFC 6890). */
const INSIDE: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
];

/** True for an address that means something only inside a network. */
export function isInside(address: string): boolean {
  const four = readIpv4(address);
  if (four !== null) return INSIDE.some(([network, prefix]) => samePrefix(four, readIpv4(network) ?? [], prefix));
  const six = readIpv6(address);
  if (six === null) return false;
  const [first = 0, second = 0] = six;
  // RFC 4291 §2.5.5.2: an IPv4 address in IPv6's clothes.
  const mapped = six.subarray(0, 10).every((byte) => byte === 0) && six[10] === 0xff && six[11] === 0xff;
  if (mapped) return isInside(six.subarray(12).join('.'));
  const unspecifiedOrLoopback = six.subarray(0, 15).every((byte) => byte === 0) && (six[15] ?? 0) <= 1;
  return unspecifiedOrLoopback || (first & 0xfe) === 0xfc || (first === 0xfe && (second & 0xc0) === 0x80);
}

/** True if two addresses have the first `prefix` bits in common. */
export function samePrefix(a: ArrayLike<number>, b: ArrayLike<number>, prefix: number): boolean {
  for (let at = 0; at < Math.ceil(prefix / 8); at++) {
    const mask = 0xff & (0xff << Math.max(0, 8 * (at + 1) - prefix));
    if (((a[at] ?? 0) & mask) !== ((b[at] ?? 0) & mask)) return false;
  }
  return true;
}
