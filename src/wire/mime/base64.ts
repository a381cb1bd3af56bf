/** Decodes base64 (RFC 2045 §6.8), leniently: what is not of the alphabet is passed over. */
export function decodeBase64(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1', 0, bytes.length), 'base64');
}
