/** First bytes of a compound file (MS-CFB §2.2). */
const SIGNATURE = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/** True for a compound file, as Outlook's .msg is one. */
export function beginsCompoundFile(start: Buffer): boolean {
  return start.subarray(0, SIGNATURE.length).equals(SIGNATURE);
}
