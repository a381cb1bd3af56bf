/** Names repeat in every message, so that a few are kept: by a place that their bytes give, the newest in each place. */
const PLACES = 4096;
const KEPT_LENGTH = 60;
const kept: string[] = Array.from({ length: PLACES }, () => '');

/** The field name between two offsets, in lower case, one character a byte. The same name is the same text for the most part, which is compared at once. */
export function fieldNameAt(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length > KEPT_LENGTH) return bytes.toString('latin1', start, end).toLowerCase();
  let sum = length;
  for (let at = start; at < end; at++) sum = (Math.imul(sum, 31) + ((bytes[at] as number) | 0x20)) | 0;
  const place = (sum ^ (sum >>> 10)) & (PLACES - 1);
  const known = kept[place] as string;
  if (known.length === length && isSame(bytes, start, known)) return known;
  const name = bytes.toString('latin1', start, end).toLowerCase();
  // A name that has been a key is known to the engine as one text.
  kept[place] = Object.keys({ [name]: 0 })[0] as string;
  return kept[place];
}

function isSame(bytes: Buffer, start: number, name: string): boolean {
  for (let at = 0; at < name.length; at++) {
    const byte = bytes[start + at] as number;
    const lower = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
    if (lower !== name.charCodeAt(at)) return false;
  }
  return true;
}
