import type { EdgeHeader } from './header.ts';

const SIGNATURES = new Set(['dkim-signature', 'arc-message-signature']);
/** Characters of a signature that are read. */
const SIGNATURE_MAX = 16_384;

/** The names of fields that a DKIM or ARC signature of a message covers (RFC 6376 §3.5, tag `h`), lower case, whether it holds or not. */
export function signedFields(header: EdgeHeader): ReadonlySet<string> {
  const names = new Set<string>();
  for (const field of header.fields) {
    if (!SIGNATURES.has(field.name)) continue;
    for (const tag of header.value(field).slice(0, SIGNATURE_MAX).replace(/\s+/g, '').split(';')) {
      if (!tag.startsWith('h=')) continue;
      for (const name of tag.slice(2).toLowerCase().split(':')) names.add(name);
    }
  }
  return names;
}
