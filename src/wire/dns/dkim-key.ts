import { quote, type RecordFault, readTagList, tagOffset, tagValue } from './tag-list.ts';

/** A DKIM public key record (RFC 6376 §3.6.1). */
export interface DkimKeyRecord {
  readonly keyType: 'rsa' | 'ed25519';
  /** The key as published, base64 without blanks; empty: revoked. */
  readonly key: string;
  /** Bits of an RSA modulus, 256 for Ed25519; null if the key is revoked. */
  readonly bits: number | null;
  readonly revoked: boolean;
  /** `t=y`: the domain is testing, and verifiers must not treat its mail worse than unsigned mail. */
  readonly testing: boolean;
  /** `t=s`: the user identity must be of this very domain. */
  readonly strict: boolean;
  /** Hash algorithms allowed; null: any. */
  readonly hashes: readonly string[] | null;
  /** False if the key is not for mail (`s=`). */
  readonly forMail: boolean;
}

/** Characters of base64 of a key: RSA of 16,384 bits has 2,800. */
const KEY_MAX = 8_192;

/** Reads a key record. What makes a verifier refuse the key is a fault. */
export function readDkimKey(text: string): DkimKeyRecord | RecordFault {
  const tags = readTagList(text);
  if ('fault' in tags) return tags;
  const version = tags.find(({ name }) => name === 'v');
  // RFC 6376 §3.6.1: v may be absent, but if it is there it comes first.
  if (version !== undefined && (version !== tags[0] || version.value !== 'DKIM1'))
    return { fault: 'has a v that is not the first tag, or not DKIM1', at: version.at };
  const p = tagValue(tags, 'p');
  if (p === undefined) return { fault: 'has no p', at: 0 };
  const keyType = tagValue(tags, 'k')?.toLowerCase() ?? 'rsa';
  if (keyType !== 'rsa' && keyType !== 'ed25519')
    return { fault: `has k=${quote(keyType)}, which is not rsa or ed25519`, at: tagOffset(tags, 'k') };
  const key = p.replace(/[ \t\r\n]/g, '');
  const bits = key === '' ? null : bitsOf(key, keyType);
  if (key !== '' && bits === null) return { fault: `has a p that is no ${keyType} key`, at: tagOffset(tags, 'p') };
  const flags = list(tagValue(tags, 't') ?? '');
  const services = list(tagValue(tags, 's') ?? '*');
  const hashes = tagValue(tags, 'h');
  return {
    keyType,
    key,
    bits,
    revoked: key === '',
    testing: flags.includes('y'),
    strict: flags.includes('s'),
    hashes: hashes === undefined ? null : list(hashes),
    forMail: services.includes('*') || services.includes('email'),
  };
}

function list(text: string): string[] {
  return text.split(':', 20).map((word) => word.trim().toLowerCase());
}

function bitsOf(key: string, keyType: 'rsa' | 'ed25519'): number | null {
  if (key.length > KEY_MAX || !/^[A-Za-z0-9+/]+={0,2}$/.test(key)) return null;
  const bytes = Buffer.from(key, 'base64');
  // RFC 8463 §4.2: the bare 32 octets.
  return keyType === 'ed25519' ? (bytes.length === 32 ? 256 : null) : modulusBits(bytes);
}

/** Bits of the modulus of a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), or of a bare RSAPublicKey (RFC 8017 §A.1.1), both of which are published. */
function modulusBits(der: Buffer): number | null {
  const outer = element(der, 0, 0x30);
  if (outer === null) return null;
  const algorithm = element(der, outer.start, 0x30);
  const bits = algorithm === null ? null : element(der, algorithm.end, 0x03);
  // The first octet of a bit string counts its unused bits.
  const inner = bits === null ? null : element(der, bits.start + 1, 0x30);
  const modulus = element(der, (inner ?? outer).start, 0x02);
  if (modulus === null) return null;
  let at = modulus.start;
  while (at < modulus.end && der[at] === 0) at++;
  const first = der[at];
  return at === modulus.end || first === undefined ? null : 8 * (modulus.end - at) - Math.clz32(first) + 24;
}

/** Where the contents of a DER element with that tag begin and end; null if it does not stand there whole. */
function element(der: Buffer, at: number, tag: number): { readonly start: number; readonly end: number } | null {
  const first = der[at + 1];
  if (der[at] !== tag || first === undefined) return null;
  const count = first < 0x80 ? 0 : first - 0x80;
  if (count > 3 || first === 0x80 || at + 2 + count > der.length) return null;
  const length = count === 0 ? first : der.readUIntBE(at + 2, count);
  const start = at + 2 + count;
  return start + length <= der.length ? { start, end: start + length } : null;
}
