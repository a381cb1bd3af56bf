/** What the window holds before the first byte (MS-OXRTFCP §2.1.2.1). */
const PREFILL = Buffer.from(
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx',
  'latin1',
);

const WINDOW = 4_096;
const HEADER = 16;
const COMPRESSED = 0x75465a4c;
const UNCOMPRESSED = 0x414c454d;
/** Two bytes of a reference stand for at most 17. */
const GROWTH = 9;

/**
 * Unpacks compressed RTF (MS-OXRTFCP); null if it is none. What is broken off is returned as far as it goes; the size that the header claims
 * only cuts, it never allocates.
 */
export function unpackRtf(packed: Buffer): Buffer | null {
  if (packed.length < HEADER) return null;
  const kind = packed.readUInt32LE(8);
  const claimed = packed.readUInt32LE(4);
  if (kind === UNCOMPRESSED) return packed.subarray(HEADER, HEADER + claimed);
  if (kind !== COMPRESSED) return null;
  const end = Math.min(packed.length, packed.readUInt32LE(0) + 4);
  const out = Buffer.allocUnsafe(Math.min(claimed, packed.length * GROWTH));
  const window = Buffer.alloc(WINDOW);
  PREFILL.copy(window);
  let write = PREFILL.length;
  let length = 0;
  let at = HEADER;
  while (at < end && length < out.length) {
    const flags = packed[at++] as number;
    for (let bit = 0; bit < 8 && at < end && length < out.length; bit++) {
      if ((flags & (1 << bit)) === 0) {
        const byte = packed[at++] as number;
        out[length++] = byte;
        window[write] = byte;
        write = (write + 1) % WINDOW;
        continue;
      }
      if (at + 1 >= end) return out.subarray(0, length);
      const reference = packed.readUInt16BE(at);
      at += 2;
      let read = reference >> 4;
      // A reference to the place that is written next ends the data.
      if (read === write) return out.subarray(0, length);
      for (let count = (reference & 15) + 2; count > 0 && length < out.length; count--) {
        const byte = window[read] as number;
        read = (read + 1) % WINDOW;
        out[length++] = byte;
        window[write] = byte;
        write = (write + 1) % WINDOW;
      }
    }
  }
  return out.subarray(0, length);
}
