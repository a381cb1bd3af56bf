/** A MAPI property: its first value, as bytes. */
export interface Property {
  readonly type: number;
  readonly value: Buffer;
}

/** Types of MAPI properties (MS-OXCDATA §2.11.1). */
export const PT_STRING = 0x1e;
export const PT_UNICODE = 0x1f;
export const PT_OBJECT = 0x0d;
export const PT_BINARY = 0x102;

const MULTIPLE = 0x1000;
const PROPERTIES_MAX = 4_096;
const VALUES_MAX = 4_096;

/** Bytes of one value of a type of fixed size, as TNEF stores it: padded to four. */
const FIXED: ReadonlyMap<number, number> = new Map([
  [0x02, 4],
  [0x03, 4],
  [0x04, 4],
  [0x05, 8],
  [0x06, 8],
  [0x07, 8],
  [0x0a, 4],
  [0x0b, 4],
  [0x14, 8],
  [0x40, 8],
  [0x48, 16],
]);

/**
 * Reads a MAPI property list as TNEF holds it (MS-OXTNEF §2.1.3.4) by property number; named properties are passed over. Stops at the
 * first thing that does not fit and keeps what came before.
 */
export function readProperties(bytes: Buffer): Map<number, Property> {
  const out = new Map<number, Property>();
  if (bytes.length < 4) return out;
  const count = Math.min(bytes.readUInt32LE(0), PROPERTIES_MAX);
  let at = 4;
  for (let index = 0; index < count && at + 4 <= bytes.length; index++) {
    const type = bytes.readUInt16LE(at);
    const id = bytes.readUInt16LE(at + 2);
    at = id >= 0x8000 ? behindName(bytes, at + 4) : at + 4;
    const taken = at < 0 ? null : takeValues(bytes, at, type);
    if (taken === null) break;
    at = taken.next;
    if (id < 0x8000 && taken.first !== null && !out.has(id))
      out.set(id, { type: type & ~MULTIPLE, value: taken.first });
  }
  return out;
}

/** Behind the GUID and the name or number of a named property; -1 if it is cut off. */
function behindName(bytes: Buffer, from: number): number {
  const kind = from + 16;
  if (kind + 8 > bytes.length) return -1;
  if (bytes.readUInt32LE(kind) === 0) return kind + 8;
  return kind + 8 + padded(bytes.readUInt32LE(kind + 4));
}

function takeValues(
  bytes: Buffer,
  from: number,
  type: number,
): { readonly first: Buffer | null; readonly next: number } | null {
  const single = type & ~MULTIPLE;
  const fixed = FIXED.get(single);
  let at = from;
  let count = 1;
  if (fixed === undefined || (type & MULTIPLE) !== 0) {
    if (at + 4 > bytes.length) return null;
    count = bytes.readUInt32LE(at);
    at += 4;
    if (count > VALUES_MAX) return null;
  }
  if (fixed === undefined && ![PT_STRING, PT_UNICODE, PT_OBJECT, PT_BINARY].includes(single)) return null;
  let first: Buffer | null = null;
  for (let index = 0; index < count; index++) {
    let size = fixed ?? 0;
    if (fixed === undefined) {
      if (at + 4 > bytes.length) return first === null ? null : { first, next: bytes.length };
      size = bytes.readUInt32LE(at);
      at += 4;
    }
    if (at > bytes.length) return null;
    first ??= bytes.subarray(at, Math.min(at + size, bytes.length));
    at += fixed ?? padded(size);
  }
  return { first, next: at };
}

function padded(size: number): number {
  return Math.ceil(size / 4) * 4;
}
