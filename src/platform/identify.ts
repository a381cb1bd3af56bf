import type { Identity, Reason } from '../finding/identity.ts';
import type { Fingerprint } from '../knowledge/fingerprint.ts';
import { loadFingerprints } from '../knowledge/load-fingerprints.ts';
import { loadProductNames, type ProductName } from '../knowledge/load-names.ts';
import type { ExchangeBuildRow } from '../knowledge/load-vulnerabilities.ts';
import { cpeOf } from './cpe.ts';
import { sightingsOfTranscript } from './dialogue.ts';
import { ehloKeywords } from './ehlo-order.ts';
import { generationsIn } from './exchange-build.ts';
import { exchangeReleases } from './exchange-release.ts';
import { type Claim, type FingerprintIndex, indexFingerprints } from './fingerprint-index.ts';
import { holesInUse } from './holes-in-use.ts';
import { seenLines } from './seen-line.ts';
import type { Sighting } from './sighting.ts';
import { fillTemplate } from './template.ts';
import { versionOf } from './version-claim.ts';

/** What the identifier knows. */
export interface IdentifierKnowledge {
  readonly fingerprints: readonly Fingerprint[];
  readonly names: readonly ProductName[];
  /** Builds of Exchange, to call a version what people call it; asked for when one is met. */
  readonly exchangeBuilds?: () => readonly ExchangeBuildRow[];
}

export interface Identifier {
  /** Weighs every sighting of one server together. Never throws. */
  readonly identify: (sightings: readonly Sighting[]) => Identity;
}

/** Natural log odds that have to be overcome before anything is named. */
const PRIOR = 3;
/** Certainty below which a product stays unknown. */
const NAMED_FROM = 0.6;
/** What a text that a product would not have sent takes from it. */
const UNLIKE = 2.5;
/** Words of another product that weigh at least this contradict, where the best has none in the same place. */
const CONTRADICTS_FROM = 3.5;
/** Words that weigh less only say what may be. */
const POSSIBLE_BELOW = 1;
/** Nothing seen from outside is certain. */
const CERTAINTY_MAX = 0.999;
/** Reasons kept of one identity. */
const REASONS_MAX = 16;

/** Compiles the knowledge once; throws `PatternError` if it is not well formed. */
export function createIdentifier(knowledge: IdentifierKnowledge): Identifier {
  const index = indexFingerprints(knowledge.fingerprints);
  const names = new Map(knowledge.names.map((name) => [name.id, name]));
  const releaseOf = exchangeReleases(knowledge.exchangeBuilds ?? (() => []));
  return { identify: (sightings) => weigh(collect(sightings, index), { index, names, releaseOf }) };
}

let shared: Identifier | undefined;

/** Names the product behind the sightings of one server, by the words that come with mailward. */
export function identify(sightings: readonly Sighting[]): Identity {
  shared ??= createIdentifier({
    fingerprints: loadFingerprints(),
    names: loadProductNames(),
    exchangeBuilds: () => holesInUse().exchangeBuilds(),
  });
  return shared.identify(sightings);
}

/** All claims, and all places that were looked at. */
interface Evidence {
  readonly claims: readonly Claim[];
  readonly places: ReadonlySet<string>;
}

function collect(sightings: readonly Sighting[], index: FingerprintIndex): Evidence {
  const claims: Claim[] = [];
  const places = new Set<string>();
  const look = (sighting: Sighting) => {
    for (const line of seenLines(sighting)) {
      places.add(line.place);
      claims.push(...index.claims(line));
    }
    if (sighting.kind !== 'smtp.ehlo') return;
    const keywords = ehloKeywords(sighting.text);
    if (keywords.length === 0) return;
    places.add('ehlo order');
    claims.push(...index.orderClaims(keywords));
  };
  for (const sighting of sightings) {
    if (sighting.kind === 'transcript') sightingsOfTranscript(sighting.text).forEach(look);
    else look(sighting);
  }
  return { claims, places };
}

/** What speaks for one product. */
interface Candidate {
  readonly name: ProductName;
  /** The heaviest claim of each place, as two texts of one place are not independent. */
  readonly byPlace: Map<string, Claim>;
  readonly claims: Claim[];
  score: number;
}

/** The knowledge, made ready. */
interface Known {
  readonly index: FingerprintIndex;
  readonly names: ReadonlyMap<string, ProductName>;
  readonly releaseOf: (version: string) => string | null;
}

function weigh(evidence: Evidence, { index, names, releaseOf }: Known): Identity {
  const gathered = gather(evidence, names);
  const byId = new Map(gathered.map((candidate) => [candidate.name.id, candidate]));
  const candidates = rank(
    gathered.filter((candidate) => isMoreThanItsParts(candidate, byId)),
    evidence,
    index,
  );
  const [best, ...others] = candidates;
  const systems = evidence.claims.filter((claim) => claim.fingerprint.product === null);
  if (best === undefined) return unknown(systems, []);
  const parts = new Set(best.name.contains ?? []);
  const rivals = others.filter((other) => !parts.has(other.name.id));
  const contradictions = rivals.flatMap((rival) => contradictionsOf(rival, best));
  const certainty = certaintyOf(best, rivals, contradictions);
  const speaking = [best, ...others.filter((other) => parts.has(other.name.id))];
  const reasons = [
    ...reasonsOf(speaking, contradictions, certainty < NAMED_FROM ? rivals : []),
    ...gathered.filter((candidate) => !candidates.includes(candidate)).flatMap(possibility),
  ];
  if (certainty < NAMED_FROM) return { ...unknown(systems, reasons), certainty };
  const identity = name(speaking as [Candidate, ...Candidate[]], systems, certainty, [...reasons, ...told(systems)]);
  return best.name.id === 'exchange' ? { ...identity, release: releaseIn(identity, releaseOf) } : identity;
}

/** What one product would say and the best would not. */
interface Contradiction {
  readonly rival: ProductName;
  readonly claim: Claim;
}

function contradictionsOf(rival: Candidate, best: Candidate): Contradiction[] {
  return [...rival.byPlace.values()]
    .filter(({ place, fingerprint }) => fingerprint.weight >= CONTRADICTS_FROM && !best.byPlace.has(place))
    .map((claim) => ({ rival: rival.name, claim }));
}

function gather(evidence: Evidence, names: ReadonlyMap<string, ProductName>): Candidate[] {
  const candidates = new Map<string, Candidate>();
  for (const claim of evidence.claims) {
    const product = claim.fingerprint.product;
    const known = product === null ? undefined : names.get(product);
    if (product === null || known === undefined) continue;
    let candidate = candidates.get(product);
    if (candidate === undefined) {
      candidate = { name: known, byPlace: new Map(), claims: [], score: 0 };
      candidates.set(product, candidate);
    }
    candidate.claims.push(claim);
    const heaviest = candidate.byPlace.get(claim.place);
    if (heaviest === undefined || heaviest.fingerprint.weight < claim.fingerprint.weight) {
      candidate.byPlace.set(claim.place, claim);
    }
  }
  return [...candidates.values()];
}

/**
 * True if a product said something that none of its parts says as clearly: every Windows SMTP service answers as Exchange 2003 does,
 * until Exchange adds words of its own.
 */
function isMoreThanItsParts({ name, byPlace }: Candidate, all: ReadonlyMap<string, Candidate>): boolean {
  if (name.contains === undefined) return true;
  const parts = name.contains.flatMap((id) => all.get(id) ?? []);
  return [...byPlace].some(([place, { fingerprint }]) => {
    const rival = Math.max(0, ...parts.map((part) => part.byPlace.get(place)?.fingerprint.weight ?? 0));
    return fingerprint.weight >= CONTRADICTS_FROM && fingerprint.weight > rival;
  });
}

/** What may stand behind its part, if the part's words are those of one generation. */
function possibility({ name, byPlace }: Candidate): Reason[] {
  for (const { fingerprint } of byPlace.values()) {
    if (fingerprint.range !== undefined && fingerprint.weight < POSSIBLE_BELOW) {
      return [{ clue: 'possible', value: `${name.name} ${fingerprint.range}` }];
    }
  }
  return [];
}

/** Scores the candidates and puts the likeliest first. Parts of a product speak for it. */
function rank(candidates: Candidate[], evidence: Evidence, index: FingerprintIndex): Candidate[] {
  for (const candidate of candidates) {
    for (const claim of candidate.byPlace.values()) candidate.score += claim.fingerprint.weight;
    for (const place of evidence.places) {
      if (!candidate.byPlace.has(place) && index.placesOf(candidate.name.id).has(place)) candidate.score -= UNLIKE;
    }
  }
  const own = new Map(candidates.map(({ name, score }) => [name.id, score]));
  for (const candidate of candidates) {
    for (const part of candidate.name.contains ?? []) candidate.score += Math.max(0, own.get(part) ?? 0);
  }
  return candidates.sort((a, b) => b.score - a.score);
}

/** Odds of the best against nothing at all and against its rivals, lowered by the share that contradicts it. */
function certaintyOf(best: Candidate, rivals: readonly Candidate[], contradictions: readonly Contradiction[]): number {
  const odds = oddsOf(best);
  const against = rivals.reduce((sum, rival) => sum + oddsOf(rival), 1);
  const weight = contradictions.reduce((sum, { claim }) => sum + claim.fingerprint.weight, 0);
  const share = weight === 0 ? 1 : best.score / (best.score + weight / 2);
  return Math.round(Math.max(0, Math.min(CERTAINTY_MAX, (odds / (odds + against)) * share)) * 1000) / 1000;
}

function oddsOf({ score }: Candidate): number {
  return Math.exp(Math.min(score - PRIOR, 40));
}

function reasonsOf(
  best: readonly Candidate[],
  contradictions: readonly Contradiction[],
  rivals: readonly Candidate[],
): Reason[] {
  const reasons: Reason[] = [];
  for (const candidate of [...best, ...rivals]) {
    for (const { clue, quote } of candidate.byPlace.values()) {
      reasons.push({ clue, value: rivals.length > 0 ? `${candidate.name.name}: ${quote}` : quote });
    }
  }
  if (rivals.length > 0) return reasons.slice(0, REASONS_MAX);
  for (const { rival, claim } of contradictions) {
    reasons.push({ clue: `${claim.clue}, against it`, value: `${rival.name}: ${claim.quote}` });
  }
  return reasons.slice(0, REASONS_MAX);
}

function unknown(systems: readonly Claim[], reasons: readonly Reason[]): Identity {
  return {
    vendor: null,
    product: null,
    version: null,
    versionRange: null,
    release: null,
    os: systemOf(systems),
    cpe: null,
    certainty: 0,
    because: [...reasons, ...told(systems)],
    productId: null,
    packageVersion: null,
  };
}

function releaseIn({ version, versionRange }: Identity, releaseOf: Known['releaseOf']): string | null {
  if (version !== null) return releaseOf(version);
  return versionRange === null ? null : generationsIn(versionRange);
}

/** What claims of the system alone are told by; two of one text are one reason. */
function told(systems: readonly Claim[]): Reason[] {
  const quotes = new Map(systems.map((claim) => [`${claim.clue} ${claim.quote}`, claim]));
  return [...quotes.values()].slice(0, REASONS_MAX).map(({ clue, quote }) => ({ clue, value: quote }));
}

function name(
  [best, ...parts]: readonly [Candidate, ...Candidate[]],
  systems: readonly Claim[],
  certainty: number,
  reasons: readonly Reason[],
): Identity {
  const versions = versionOf(best.claims);
  const brand = [...best.byPlace.values()].find(({ fingerprint }) => fingerprint.as !== undefined)?.fingerprint;
  const speaking = [...best.claims, ...parts.flatMap((part) => part.claims), ...systems];
  return {
    vendor: brand?.vendor ?? best.name.vendor,
    product: brand?.as ?? best.name.name,
    version: versions.version,
    versionRange: versions.range,
    release: null,
    os: systemOf(speaking) ?? best.name.os ?? null,
    cpe: best.name.cpe === undefined ? null : cpeOf(best.name.cpe, versions.version),
    certainty,
    because: versions.conflict === null ? reasons : [...reasons, { clue: 'version', value: versions.conflict }],
    productId: best.name.id,
    packageVersion: fill(
      speaking.find((claim) => claim.fingerprint.package !== undefined),
      'package',
    ),
  };
}

/** The longest of the systems that were told, as it says most. */
function systemOf(claims: readonly Claim[]): string | null {
  let longest: string | null = null;
  for (const claim of claims) {
    const told = fill(claim, 'os');
    if (told !== null && told.length > (longest?.length ?? 0)) longest = told;
  }
  return longest;
}

function fill(claim: Claim | undefined, template: 'os' | 'package'): string | null {
  const text = claim?.fingerprint[template];
  if (claim === undefined || text === undefined) return null;
  return fillTemplate(text, claim.captures);
}
