import type { NtlmSystem } from '../../src/wire/ntlm/challenge.ts';

/** What to write into a challenge. */
export interface ChallengeParts {
  readonly targetName: string;
  /** Names by AvId; null for a message that ends after the random bytes, as servers before Windows 2000 send. */
  readonly pairs: Readonly<Record<number, string>> | null;
  /** Milliseconds since 1970. */
  readonly clock?: number;
  readonly system?: NtlmSystem;
}

const HEADER = 56;
const BARE_HEADER = 32;

/** Writes a type 2 message (MS-NLMP §2.2.1.2), for tests. The eight random bytes are noughts. */
export function challengeBytes({ targetName, pairs, clock, system }: ChallengeParts): Uint8Array<ArrayBuffer> {
  const name = utf16(targetName);
  const info = pairs === null ? new Uint8Array() : pairBytes(pairs, clock);
  const header = pairs === null ? BARE_HEADER : HEADER;
  const bytes = new Uint8Array(header + name.length + info.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('NTLMSSP\0'));
  view.setUint32(8, 2, true);
  writeField(view, 12, name.length, header);
  // Unicode, NTLM; with pairs also "target info", with a version also "version".
  view.setUint32(20, 0x201 + (pairs === null ? 0 : 0x00800000) + (system === undefined ? 0 : 0x02000000), true);
  if (pairs !== null) writeField(view, 40, info.length, header + name.length);
  if (system !== undefined) {
    view.setUint8(48, system.major);
    view.setUint8(49, system.minor);
    view.setUint16(50, system.build, true);
    view.setUint8(55, 15);
  }
  bytes.set(name, header);
  bytes.set(info, header + name.length);
  return bytes;
}

function writeField(view: DataView, at: number, length: number, offset: number): void {
  view.setUint16(at, length, true);
  view.setUint16(at + 2, length, true);
  view.setUint32(at + 4, offset, true);
}

function pairBytes(pairs: Readonly<Record<number, string>>, clock: number | undefined): Uint8Array {
  const parts: [number, Uint8Array][] = Object.entries(pairs).map(([id, text]) => [Number(id), utf16(text)]);
  if (clock !== undefined) {
    const ticks = new Uint8Array(8);
    new DataView(ticks.buffer).setBigUint64(0, (BigInt(clock) + 11_644_473_600_000n) * 10_000n, true);
    parts.push([7, ticks]);
  }
  parts.push([0, new Uint8Array()]);
  const bytes = new Uint8Array(parts.reduce((sum, [, value]) => sum + 4 + value.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [id, value] of parts) {
    view.setUint16(at, id, true);
    view.setUint16(at + 2, value.length, true);
    bytes.set(value, at + 4);
    at += 4 + value.length;
  }
  return bytes;
}

function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), true);
  return bytes;
}
