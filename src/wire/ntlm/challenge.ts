/** What an NTLM type 2 message (CHALLENGE_MESSAGE, MS-NLMP §2.2.1.2) tells before anybody has logged in. What it does not tell is null. */
export interface NtlmChallenge {
  /** The domain, or the computer of a server without one, as the client is to know it. */
  readonly targetName: string | null;
  readonly flags: number;
  readonly netbiosComputer: string | null;
  readonly netbiosDomain: string | null;
  readonly dnsComputer: string | null;
  readonly dnsDomain: string | null;
  readonly dnsForest: string | null;
  /** The server's clock, in milliseconds since 1970. */
  readonly clock: number | null;
  /** Version of the operating system. Samba and other copies fill in a fixed one, with build 0. */
  readonly system: NtlmSystem | null;
}

export interface NtlmSystem {
  readonly major: number;
  readonly minor: number;
  readonly build: number;
}

/** Why bytes are no challenge, and where. */
export interface NtlmFault {
  readonly fault: string;
  readonly at: number;
}

const SIGNATURE = 'NTLMSSP\0';
const CHALLENGE = 2;
/** Up to the end of TargetInfoFields; a server that tells no more may stop after the challenge itself (32 bytes). */
const FIELDS_END = 48;
const SHORTEST = 32;
const VERSION_AT = 48;
const VERSION_LENGTH = 8;
/** Pairs read; Windows sends seven. */
const PAIRS_MAX = 32;
/** Bytes of a name that are read: a DNS name is 255 characters at most. */
const NAME_BYTES_MAX = 512;

const NEGOTIATE_UNICODE = 0x1;
const NEGOTIATE_VERSION = 0x02000000;

/** AvId (MS-NLMP §2.2.2.1). */
const AV = {
  end: 0,
  netbiosComputer: 1,
  netbiosDomain: 2,
  dnsComputer: 3,
  dnsDomain: 4,
  dnsForest: 5,
  clock: 7,
} as const;

/** Reads a challenge. Never throws; a name that reaches beyond the message is left out, the rest is told. */
export function readNtlmChallenge(bytes: Uint8Array): NtlmChallenge | NtlmFault {
  const signature = String.fromCharCode(...bytes.subarray(0, SIGNATURE.length));
  if (signature !== SIGNATURE) return { fault: 'does not begin with NTLMSSP', at: 0 };
  if (bytes.length < SHORTEST)
    return { fault: `is ${bytes.length} bytes, and a challenge is ${SHORTEST} at least`, at: bytes.length };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = view.getUint32(8, true);
  if (type !== CHALLENGE) return { fault: `is message type ${type}, and a challenge is type ${CHALLENGE}`, at: 8 };
  const flags = view.getUint32(20, true);
  const info = bytes.length < FIELDS_END ? null : fieldAt(bytes, view, 40);
  const target = fieldAt(bytes, view, 12);
  const pairs = info === null ? new Map<number, Uint8Array>() : readPairs(info);
  const name = (id: number) => textOf(pairs.get(id), true);
  return {
    targetName: textOf(target ?? undefined, (flags & NEGOTIATE_UNICODE) !== 0),
    flags,
    netbiosComputer: name(AV.netbiosComputer),
    netbiosDomain: name(AV.netbiosDomain),
    dnsComputer: name(AV.dnsComputer),
    dnsDomain: name(AV.dnsDomain),
    dnsForest: name(AV.dnsForest),
    clock: clockOf(pairs.get(AV.clock)),
    system: systemOf(bytes, view, flags),
  };
}

/** A field of length, room and offset; null if it lies outside the message. */
function fieldAt(bytes: Uint8Array, view: DataView, at: number): Uint8Array | null {
  const length = view.getUint16(at, true);
  const offset = view.getUint32(at + 4, true);
  return length === 0 || offset + length > bytes.length ? null : bytes.subarray(offset, offset + length);
}

function readPairs(info: Uint8Array): Map<number, Uint8Array> {
  const pairs = new Map<number, Uint8Array>();
  const view = new DataView(info.buffer, info.byteOffset, info.byteLength);
  let at = 0;
  for (let count = 0; count < PAIRS_MAX && at + 4 <= info.length; count++) {
    const id = view.getUint16(at, true);
    const end = at + 4 + view.getUint16(at + 2, true);
    if (id === AV.end || end > info.length) break;
    if (!pairs.has(id)) pairs.set(id, info.subarray(at + 4, end));
    at = end;
  }
  return pairs;
}

/** A name without control characters; null if there is none. */
function textOf(value: Uint8Array | undefined, unicode: boolean): string | null {
  if (value === undefined) return null;
  const bytes = value.subarray(0, NAME_BYTES_MAX);
  const text = new TextDecoder(unicode ? 'utf-16le' : 'latin1').decode(bytes).replace(/\p{Cc}+/gu, '');
  return text === '' ? null : text;
}

/** FILETIME counts tenths of microseconds since 1601. */
const FILETIME_EPOCH_MS = 11_644_473_600_000n;

function clockOf(value: Uint8Array | undefined): number | null {
  if (value === undefined || value.length !== 8) return null;
  const ticks = new DataView(value.buffer, value.byteOffset, 8).getBigUint64(0, true);
  return Number(ticks / 10_000n - FILETIME_EPOCH_MS);
}

function systemOf(bytes: Uint8Array, view: DataView, flags: number): NtlmSystem | null {
  if ((flags & NEGOTIATE_VERSION) === 0 || bytes.length < VERSION_AT + VERSION_LENGTH) return null;
  return {
    major: view.getUint8(VERSION_AT),
    minor: view.getUint8(VERSION_AT + 1),
    build: view.getUint16(VERSION_AT + 2, true),
  };
}
