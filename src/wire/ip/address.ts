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
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return null;
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
