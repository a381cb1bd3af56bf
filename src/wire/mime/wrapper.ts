import type { Part } from './part.ts';

/** How a part wraps others. What is encrypted or opaquely signed cannot be read without opening it. */
export type Wrapper = 'smime-signed-opaque' | 'smime-encrypted' | 'smime-compressed' | 'pgp-encrypted';

/** The wrapper that a part's header declares (RFC 8551 §3.2, RFC 3156 §4, RFC 3274); null if it is none. */
export function wrapperOf(part: Part): Wrapper | null {
  if (part.type === 'application' && (part.subtype === 'pkcs7-mime' || part.subtype === 'x-pkcs7-mime')) {
    const kind = part.parameters.get('smime-type')?.toLowerCase();
    if (kind === 'signed-data' || kind === 'certs-only') return 'smime-signed-opaque';
    return kind === 'compressed-data' ? 'smime-compressed' : 'smime-encrypted';
  }
  if (part.type === 'application' && part.subtype === 'pgp-encrypted') return 'pgp-encrypted';
  if (part.type === 'multipart' && part.subtype === 'encrypted') return 'pgp-encrypted';
  return null;
}
