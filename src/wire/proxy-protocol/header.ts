import { readIpv4, readIpv6, showIpv6 } from '../ip/address.ts';
import { addressBytes } from '../ip/networks.ts';

/** Bytes of the longest header of version 1, CRLF counted (PROXY protocol §2.1). */
export const PROXY_V1_MAX = 107;
/** Bytes of the longest header of version 2 that is taken: all addresses, and room for the additions of balancers (§2.2). */
export const PROXY_V2_MAX = 536;

/** One end of a connection as the proxy saw it. */
export interface ProxyEnd {
  readonly address: string;
  readonly port: number;
}

/** What a proxy says of a connection; null ends: it speaks for itself (LOCAL), or does not know (UNKNOWN, other families). */
export type ProxyHeader =
  | {
      readonly kind: 'header';
      readonly length: number;
      readonly ends: { readonly from: ProxyEnd; readonly to: ProxyEnd } | null;
    }
  | { readonly kind: 'more' }
  | { readonly kind: 'fault'; readonly fault: ProxyFault };

/** `no-header`: the bytes begin otherwise. `malformed`: version 1 that is not in its one form. `version`, `command`, `family`: version 2 with a value that is none. */
export type ProxyFault = 'no-header' | 'too-long' | 'malformed' | 'version' | 'command' | 'family' | 'too-short';

const V2_SIGNATURE = Uint8Array.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);
const V1_SIGNATURE = Uint8Array.from([0x50, 0x52, 0x4f, 0x58, 0x59, 0x20]);
const V2_FIXED = 16;
const CR = 0x0d;
const LF = 0x0a;

/** Reads the PROXY header at the begin of a connection, version 1 or 2 (the protocol's §2). Never reads behind the longest there may be. */
export function readProxyHeader(bytes: Uint8Array): ProxyHeader {
  if (begins(bytes, V2_SIGNATURE)) return bytes.length < V2_FIXED ? MORE : readV2(bytes);
  if (begins(bytes, V1_SIGNATURE)) return bytes.length < V1_SIGNATURE.length ? MORE : readV1(bytes);
  return fault('no-header');
}

const MORE: ProxyHeader = { kind: 'more' };
const fault = (which: ProxyFault): ProxyHeader => ({ kind: 'fault', fault: which });

/** True if one is the begin of the other. */
function begins(bytes: Uint8Array, signature: Uint8Array): boolean {
  const length = Math.min(bytes.length, signature.length);
  for (let at = 0; at < length; at++) if (bytes[at] !== signature[at]) return false;
  return true;
}

function readV1(bytes: Uint8Array): ProxyHeader {
  const most = Math.min(bytes.length, PROXY_V1_MAX);
  const end = bytes.subarray(0, most).indexOf(LF);
  if (end < 0) return bytes.length >= PROXY_V1_MAX ? fault('too-long') : MORE;
  if (bytes[end - 1] !== CR) return fault('malformed');
  const length = end + 1;
  const words = Buffer.from(bytes.buffer, bytes.byteOffset, end - 1)
    .toString('latin1')
    .split(' ');
  // §2.1: what stands behind UNKNOWN is skipped.
  if (words[1] === 'UNKNOWN') return { kind: 'header', length, ends: null };
  const [, family, source = '', target = '', sourcePort = '', targetPort = ''] = words;
  const read = family === 'TCP4' ? readIpv4 : family === 'TCP6' ? readIpv6 : null;
  if (read === null || words.length !== 6) return fault('malformed');
  const [from, to] = [read(source), read(target)];
  const [fromPort, toPort] = [readPort(sourcePort), readPort(targetPort)];
  if (from === null || to === null || fromPort === null || toPort === null) return fault('malformed');
  const ends = {
    from: { address: showAddress(Uint8Array.from(from)), port: fromPort },
    to: { address: showAddress(Uint8Array.from(to)), port: toPort },
  };
  return { kind: 'header', length, ends };
}

function readPort(text: string): number | null {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535 ? Number(text) : null;
}

const LOCAL = 0;
const PROXY = 1;
const STREAM = 1;
/** Bytes of two addresses and two ports, by family. */
const ENDS_LENGTH: ReadonlyMap<number, number> = new Map([
  [1, 12],
  [2, 36],
]);
const UNIX = 3;

function readV2(bytes: Uint8Array): ProxyHeader {
  const [versionAndCommand, familyAndKind] = [bytes[12] as number, bytes[13] as number];
  const length = V2_FIXED + (((bytes[14] as number) << 8) | (bytes[15] as number));
  const command = versionAndCommand & 0x0f;
  if (versionAndCommand >> 4 !== 2) return fault('version');
  if (command !== LOCAL && command !== PROXY) return fault('command');
  if (length > PROXY_V2_MAX) return fault('too-long');
  const family = familyAndKind >> 4;
  if (family > UNIX || (familyAndKind & 0x0f) > 2) return fault('family');
  if (bytes.length < length) return MORE;
  const needed = ENDS_LENGTH.get(family);
  // §2.2: a LOCAL connection is the proxy's own, whatever stands there; families that are no TCP are not known.
  if (command === LOCAL || needed === undefined || (familyAndKind & 0x0f) !== STREAM)
    return { kind: 'header', length, ends: null };
  if (length - V2_FIXED < needed) return fault('too-short');
  const size = (needed - 4) / 2;
  const address = (at: number) => showAddress(bytes.subarray(at, at + size));
  const port = (at: number) => ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  const ports = V2_FIXED + 2 * size;
  return {
    kind: 'header',
    length,
    ends: {
      from: { address: address(V2_FIXED), port: port(ports) },
      to: { address: address(V2_FIXED + size), port: port(ports + 2) },
    },
  };
}

/** An IPv4 address that comes in the clothes of IPv6 is shown as what it is. */
function showAddress(bytes: Uint8Array): string {
  const plain = addressBytes(bytes.length === 4 ? bytes.join('.') : showIpv6(bytes)) ?? bytes;
  return plain.length === 4 ? plain.join('.') : showIpv6(plain);
}
