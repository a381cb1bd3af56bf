import { type AddressFlaw, readAddressList } from '../address/lenient.ts';
import type { Note } from './judge-header.ts';
import type { Part } from './part.ts';

/** Flaws of a From field that let two clients show two authors. */
const SEVERE: ReadonlySet<AddressFlaw> = new Set([
  'encoded-address',
  'several-angles',
  'unclosed',
  'control',
  'several-at',
  'route',
]);

/**
 * Says where readers could take different authors from a message (RFC 5322 §3.6.2 allows one From field, RFC 7489 §6.6.1 one domain in it):
 * what a DMARC check looked at must be what a person sees.
 */
export function judgeFrom(root: Part, note: Note): void {
  const fields = root.header.fieldsOf('from');
  const [first, second] = fields;
  if (first === undefined) return;
  if (second !== undefined) note('mime/many-from', 'high', second.start, second.end);
  const list = readAddressList(root.header.valueOf(first));
  if (list.flaws.some((flaw) => SEVERE.has(flaw))) note('mime/many-from', 'medium', first.start, first.end);
  const domains = new Set(list.mailboxes.map(({ domain }) => domain).filter((domain) => domain !== ''));
  if (domains.size > 1) note('mime/many-from', 'medium', first.start, first.end);
  else if (list.mailboxes.length > 1 || list.groups.length > 0) note('mime/many-from', 'low', first.start, first.end);
}
