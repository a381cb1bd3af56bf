import { readIpv4, readIpv6 } from './address.ts';

/** An address range of one family: `10.0.0.0/8`, `2001:db8::/32`, or a single address. */
export interface Network {
  readonly bytes: Uint8Array;
  /** Leading bits that count. */
  readonly prefix: number;
}

/** Reads a network; null if it is none, or if bits behind its prefix are set, which is a slip more often than a wish. */
export function readNetwork(text: string): Network | null {
  const [address = '', given, more] = text.split('/');
  const bytes = addressBytes(address);
  if (bytes === null || more !== undefined) return null;
  const prefix = given === undefined ? 8 * bytes.length : /^\d{1,3}$/.test(given) ? Number(given) : -1;
  if (prefix < 0 || prefix > 8 * bytes.length) return null;
  for (let bit = prefix; bit < 8 * bytes.length; bit++) {
    if (((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0) return null;
  }
  return { bytes, prefix };
}

/** The bytes of an address, 4 or 16; an IPv4 address in IPv6's clothes (RFC 4291 §2.5.5.2) has 4. */
export function addressBytes(address: string): Uint8Array | null {
  const four = readIpv4(address);
  if (four !== null) return Uint8Array.from(four);
  const six = readIpv6(address);
  if (six === null) return null;
  const mapped = six.subarray(0, 10).every((byte) => byte === 0) && six[10] === 0xff && six[11] === 0xff;
  return mapped ? six.slice(12) : six;
}

/** The network an address counts for where one person can have many: its /64 if it is IPv6, the address itself if IPv4. */
export function sharedNetwork(address: string): string {
  return address.includes(':') ? networkOf(address, 32, 64) : address;
}

/** The network of an address with the prefix of its family, as text; the address itself if it is none. */
export function networkOf(address: string, prefix4: number, prefix6: number): string {
  const bytes = addressBytes(address);
  if (bytes === null) return address;
  const prefix = bytes.length === 4 ? prefix4 : prefix6;
  const kept = bytes.map((byte, at) => byte & (0xff & (0xff << Math.max(0, 8 * (at + 1) - prefix))));
  const shown =
    bytes.length === 4
      ? kept.join('.')
      : Buffer.from(kept)
          .toString('hex')
          .slice(0, Math.ceil(prefix / 4));
  return `${shown}/${prefix}`;
}

/** Addresses that belong to some of many networks. A question costs a binary search, whatever their number. */
export class NetworkSet {
  readonly #v4: { readonly from: Float64Array; readonly to: Float64Array };
  readonly #v6: readonly (readonly [from: bigint, to: bigint])[];
  readonly size: number;

  constructor(networks: Iterable<Network>) {
    const four: [number, number][] = [];
    const six: [bigint, bigint][] = [];
    let size = 0;
    for (const { bytes, prefix } of networks) {
      size++;
      if (bytes.length === 4) {
        const from = number4(bytes);
        four.push([from, from + 2 ** (32 - prefix) - 1]);
      } else {
        const from = number6(bytes);
        six.push([from, from + (1n << BigInt(128 - prefix)) - 1n]);
      }
    }
    const merged4 = merged(four);
    this.#v4 = {
      from: Float64Array.from(merged4, ([from]) => from),
      to: Float64Array.from(merged4, ([, to]) => to),
    };
    this.#v6 = merged(six);
    this.size = size;
  }

  /** False for what is no address. */
  has(address: string): boolean {
    if (this.size === 0) return false;
    const bytes = addressBytes(address);
    if (bytes === null) return false;
    if (bytes.length === 4) {
      const wanted = number4(bytes);
      const { from, to } = this.#v4;
      const at = lastAtMost(from.length, (index) => (from[index] as number) <= wanted);
      return at >= 0 && (to[at] as number) >= wanted;
    }
    const wanted = number6(bytes);
    const at = lastAtMost(this.#v6.length, (index) => (this.#v6[index]?.[0] as bigint) <= wanted);
    return at >= 0 && (this.#v6[at]?.[1] as bigint) >= wanted;
  }
}

/** Ranges in order, with those that overlap or are contained made one. */
function merged<N extends number | bigint>(ranges: [N, N][]): [N, N][] {
  ranges.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const out: [N, N][] = [];
  for (const range of ranges) {
    const last = out.at(-1);
    if (last === undefined || range[0] > last[1]) out.push(range);
    else if (range[1] > last[1]) last[1] = range[1];
  }
  return out;
}

/** The last index below `length` for which `atMost` holds, given that it holds up to some index and not behind it; -1 if for none. */
function lastAtMost(length: number, atMost: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (atMost(middle)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function number4(bytes: Uint8Array): number {
  return (
    (bytes[0] as number) * 0x1000000 + ((bytes[1] as number) << 16) + ((bytes[2] as number) << 8) + (bytes[3] as number)
  );
}

function number6(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}
