import type { Fingerprint } from '../knowledge/fingerprint.ts';
import { compilePattern, foldCase, LINE_LENGTH_MAX, matchAt, type Pattern } from './pattern.ts';
import { isWordCode } from './pattern-class.ts';
import type { SeenLine } from './seen-line.ts';

/** A fingerprint that holds, with the words that it holds by. */
export interface Claim {
  readonly fingerprint: Fingerprint;
  readonly clue: string;
  readonly place: string;
  readonly quote: string;
  readonly captures: ReadonlyMap<string, string>;
}

/** Finds the fingerprints that hold for a line or for an order of EHLO keywords. */
export interface FingerprintIndex {
  readonly claims: (line: SeenLine) => Claim[];
  readonly orderClaims: (keywords: readonly string[]) => Claim[];
  /** Settled places for which a product has words: other words there speak against it. */
  readonly placesOf: (product: string) => ReadonlySet<string>;
}

interface Entry {
  readonly fingerprint: Fingerprint;
  readonly pattern: Pattern;
  readonly offset: number | null;
}

/** Entries of one place by the word that must stand in the line. */
interface Place {
  readonly byWord: Map<string, Entry[]>;
  readonly always: Entry[];
}

/** Places where a product's words do not depend on its configuration. */
const SETTLED_PLACES: ReadonlySet<string> = new Set([
  'ehlo order',
  'smtp.help',
  'smtp.unknown',
  'smtp.rset',
  'smtp.noop',
  'smtp.quit',
  'imap.logout',
  'imap.unknown',
  'pop.quit',
  'pop.unknown',
]);
/** Characters of a quote in a reason. */
const QUOTE_MAX = 160;

/** Compiles fingerprints; throws `PatternError` for one that is not well formed. */
export function indexFingerprints(fingerprints: readonly Fingerprint[]): FingerprintIndex {
  const places = new Map<string, Place>();
  const placesOf = new Map<string, Set<string>>();
  const orders: Fingerprint[] = [];
  for (const fingerprint of fingerprints) {
    const keys = placeNames(fingerprint);
    if (fingerprint.product !== null && fingerprint.incidental !== true) {
      const known = placesOf.get(fingerprint.product) ?? new Set();
      for (const key of fingerprint.order === undefined ? keys : ['ehlo order']) {
        if (SETTLED_PLACES.has(key)) known.add(key);
      }
      placesOf.set(fingerprint.product, known);
    }
    if (fingerprint.match === undefined) {
      orders.push(fingerprint);
      continue;
    }
    const pattern = compilePattern(fingerprint.match);
    for (const key of keys) enter(placeAt(places, key), fingerprint, pattern);
  }
  const none: ReadonlySet<string> = new Set();
  return {
    claims: (line) => claimsAt(places.get(line.place), line),
    orderClaims: (keywords) => orders.flatMap((fingerprint) => orderClaim(fingerprint, keywords)),
    placesOf: (product) => placesOf.get(product) ?? none,
  };
}

/** The lists a fingerprint stands in: its kinds, or each kind with each field. */
export function placeNames({ kind, field }: Pick<Fingerprint, 'kind' | 'field'>): string[] {
  const fields = field === undefined ? [] : [field].flat();
  return [kind].flat().flatMap((one) => (fields.length === 0 ? one : fields.map((name) => `${one}:${name}`)));
}

function placeAt(places: Map<string, Place>, key: string): Place {
  let place = places.get(key);
  if (place === undefined) {
    place = { byWord: new Map(), always: [] };
    places.set(key, place);
  }
  return place;
}

function enter(place: Place, fingerprint: Fingerprint, pattern: Pattern): void {
  if (pattern.keys.length === 0) place.always.push({ fingerprint, pattern, offset: null });
  for (const { word, offset } of pattern.keys) {
    const entries = place.byWord.get(word);
    const entry = { fingerprint, pattern, offset };
    if (entries === undefined) place.byWord.set(word, [entry]);
    else entries.push(entry);
  }
}

function claimsAt(place: Place | undefined, seen: SeenLine): Claim[] {
  if (place === undefined) return [];
  const line = seen.text.length > LINE_LENGTH_MAX ? seen.text.slice(0, LINE_LENGTH_MAX) : seen.text;
  const folded = foldCase(line);
  const claims: Claim[] = [];
  for (const entry of place.always) attempt(entry, seen, line, folded, 0, claims);
  for (let at = 0; at < folded.length; at++) {
    if (!isWordCode(folded.charCodeAt(at))) continue;
    const start = at;
    while (at < folded.length && isWordCode(folded.charCodeAt(at))) at++;
    const entries = place.byWord.get(folded.slice(start, at));
    if (entries === undefined) continue;
    for (const entry of entries) attempt(entry, seen, line, folded, start, claims);
  }
  return claims;
}

function attempt(
  { fingerprint, pattern, offset }: Entry,
  seen: SeenLine,
  line: string,
  folded: string,
  wordAt: number,
  claims: Claim[],
): void {
  if (fingerprint.code !== undefined && seen.code !== null && fingerprint.code !== seen.code) return;
  const start = offset === null ? 0 : wordAt - offset;
  if (start < 0 || claims.some((claim) => claim.fingerprint === fingerprint)) return;
  const found = matchAt(pattern, line, folded, start);
  if (found === null) return;
  const quote = line.slice(found.start, Math.min(found.end, found.start + QUOTE_MAX)).trim();
  const code = seen.code === null || fingerprint.code === undefined ? '' : `${seen.code} `;
  claims.push({ fingerprint, clue: seen.clue, place: seen.place, quote: `${code}${quote}`, captures: found.captures });
}

const NO_CAPTURES: ReadonlyMap<string, string> = new Map();

function orderClaim(fingerprint: Fingerprint, keywords: readonly string[]): Claim[] {
  const order = fingerprint.order ?? [];
  if (!fitsOrder(keywords, order)) return [];
  if (!(fingerprint.needs ?? []).every((word) => keywords.includes(word))) return [];
  const quote = keywords.join(' ').slice(0, QUOTE_MAX);
  return [{ fingerprint, clue: 'ehlo order', place: 'ehlo order', quote, captures: NO_CAPTURES }];
}

/** True if every keyword stands in `order` and they come in that order; both are a few dozen at most. */
export function fitsOrder(keywords: readonly string[], order: readonly string[]): boolean {
  let at = 0;
  for (const word of keywords) {
    const found = order.indexOf(word, at);
    if (found === -1) return false;
    at = found + 1;
  }
  return keywords.length > 0;
}
