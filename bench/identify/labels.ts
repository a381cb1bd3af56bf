import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Identity } from '../../src/finding/identity.ts';
import type { ProductName } from '../../src/knowledge/load-names.ts';
import { isSightingKind, type SightingKind } from '../../src/platform/sighting.ts';

/** One labelled text of a corpus. */
export interface Labelled {
  readonly id: string;
  /** The form it belongs to: texts of one form differ only in names, dates and numbers. Null if nobody has said. */
  readonly form: string | null;
  readonly kind: SightingKind;
  readonly text: string;
  readonly vendor: string | null;
  readonly product: string | null;
  readonly version: string | null;
}

/** How the corpora call what we call a kind. What is not listed is none of ours. */
const KINDS: { readonly [name: string]: SightingKind } = {
  favicons: 'http.favicon',
  html_title: 'http.title',
  http_cookies: 'http.cookie',
  http_servers: 'http.server',
  imap_banners: 'imap.banner',
  pop_banners: 'pop.banner',
  nntp_banners: 'nntp.banner',
  ldap_searchresult: 'ldap.result',
  x509_subjects: 'certificate',
  'received-header': 'header',
};

interface CorpusRow {
  readonly id: string;
  readonly kind: string;
  readonly text: string;
  readonly fingerprint?: string;
  readonly expected: {
    readonly vendor?: string | null;
    readonly product: string | null;
    readonly version: string | null;
  };
}

/** Reads a file of labelled texts: `{ id, kind, text, expected }` a line. */
export async function* labelled(path: string): AsyncGenerator<Labelled> {
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (line === '') continue;
    const row = JSON.parse(line) as CorpusRow;
    const named = row.kind.startsWith('smtp_') ? `smtp.${row.kind.slice(5)}` : KINDS[row.kind];
    const kind = named === 'smtp.banners' ? 'smtp.banner' : named;
    if (!isSightingKind(kind)) continue;
    yield {
      id: row.id,
      form: row.fingerprint ?? null,
      kind,
      text: row.text,
      vendor: row.expected.vendor ?? null,
      product: row.expected.product,
      version: row.expected.version,
    };
  }
}

export type Outcome = 'right' | 'wrong' | 'unknown';

/** Which product a label means, by the list of names: the label alone, or with its vendor; null if the list has no such name. */
export function productOfLabel(vendor: string | null, product: string, names: readonly ProductName[]): string | null {
  const wanted = [product, `${vendor ?? ''} ${product}`].map((name) => plain(bare(name)));
  for (const one of names) {
    const known = [one.name, `${one.vendor ?? ''} ${one.name}`, one.id, ...(one.aliases ?? [])].map(plain);
    if (wanted.some((word) => known.includes(word))) return one.id;
  }
  return null;
}

/** Judges the product: right if the label's name and ours are one product of the list, or share their distinctive words. */
export function judgeProduct(label: Labelled, identity: Identity, names: readonly ProductName[]): Outcome {
  if (label.product === null) return identity.product === null ? 'right' : 'wrong';
  if (identity.product === null) return 'unknown';
  if (productOfLabel(label.vendor, label.product, names) === identity.productId) return 'right';
  const ours = new Set(words(`${identity.vendor} ${identity.product}`));
  const theirs = words(bare(label.product)).filter((word) => !GENERIC.has(word));
  return theirs.length > 0 && theirs.every((word) => ours.has(word)) ? 'right' : 'wrong';
}

/** Judges the version: numbers are compared part by part, and a label that cuts ours short at a border is not held against it. */
export function judgeVersion(label: Labelled, identity: Identity): Outcome {
  if (label.version === null) return identity.version === null ? 'right' : 'wrong';
  // `1.5.0+` is a range.
  if (identity.version === null && label.version === `${identity.versionRange?.replace(/^>=/, '')}+`) return 'right';
  if (identity.version === null) return 'unknown';
  const theirs = parts(label.version);
  const ours = parts(identity.version);
  const shorter = Math.min(theirs.length, ours.length);
  return shorter > 0 && theirs.slice(0, shorter).join('.') === ours.slice(0, shorter).join('.') ? 'right' : 'wrong';
}

export const GENERIC = new Set([
  'server',
  'mail',
  'service',
  'email',
  'smtp',
  'esmtp',
  'gateway',
  'security',
  'release',
]);

/** A label without the remarks that some carry: `Horde IMP (4.1.4 - 4.1.6 …)`, `horde-sam (…) - graphics`, `Zarafa WebAccess x`. */
function bare(label: string): string {
  return label.replace(/\(.*$/, '').replace(/ x$/, '');
}

function plain(text: string): string {
  return words(text).join(' ');
}

function words(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^a-z0-9!+]+/)
    .filter((word) => word !== '');
}

function parts(version: string): string[] {
  return version
    .toLowerCase()
    .split(/[^a-z0-9]+|(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)/)
    .filter((part) => part !== '')
    .map((part) => part.replace(/^0+(?=.)/, ''));
}
