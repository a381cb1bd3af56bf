/** A name and a password, as PLAIN and LOGIN carry them. */
export interface Credentials {
  readonly account: string;
  readonly password: string;
}

/** Octets of a name or a password (RFC 4616 §2 leaves it to the server, from 255 on). */
export const CREDENTIAL_MAX = 255;

/**
 * Decodes base64 as RFC 4954 §4 wants it: nothing but the alphabet, whole groups of four, padding at the end only, and no bits set
 * behind the last octet, so that one text stands for one value. Null for anything else.
 */
export function strictBase64(text: string): Buffer | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

/** Reads the one message of PLAIN (RFC 4616 §2): `[authzid] NUL authcid NUL passwd`. To act for somebody else is not possible. */
export function readPlain(message: Buffer): Credentials | null {
  const first = message.indexOf(0);
  const second = first < 0 ? -1 : message.indexOf(0, first + 1);
  if (second < 0 || message.indexOf(0, second + 1) >= 0) return null;
  const account = readCredential(message.subarray(first + 1, second));
  const password = readCredential(message.subarray(second + 1));
  if (account === null || password === null) return null;
  return first === 0 || message.subarray(0, first).equals(Buffer.from(account)) ? { account, password } : null;
}

/** A name or a password: UTF-8 without control characters, neither empty nor long. Null if it is none. */
export function readCredential(bytes: Buffer): string | null {
  if (bytes.length === 0 || bytes.length > CREDENTIAL_MAX) return null;
  const text = bytes.toString('utf8');
  // Bytes that are no UTF-8 come back as other bytes.
  return Buffer.from(text, 'utf8').equals(bytes) && !hasControl(text) ? text : null;
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
