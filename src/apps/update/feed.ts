import type { ProductName } from '../../knowledge/load-names.ts';
import type {
  DebianFix,
  ExchangeBuildRow,
  HoleKnowledge,
  SupportCycle,
  VulnerabilityRow,
} from '../../knowledge/load-vulnerabilities.ts';

/** The feeds, in the order in which they are laid over one another. */
export const FEED_NAMES = ['kev', 'nvd', 'cve', 'osv', 'debian', 'msrc', 'endoflife', 'epss'] as const;
export type FeedName = (typeof FEED_NAMES)[number];

/** What a feed is read with. */
export interface FeedContext {
  readonly knowledge: HoleKnowledge;
  readonly names: readonly ProductName[];
  /** Products by `vendor:product` of their CPE names. */
  readonly productOfCpe: ReadonlyMap<string, string>;
  /** Products by Debian source package. */
  readonly productOfSource: ReadonlyMap<string, string>;
  /** CVEs that are known already: scores of others are not kept. */
  readonly knownIds: ReadonlySet<string>;
}

/** What one file or answer of a feed says that concerns mail. */
export interface FeedRows {
  /** Entries it held, ours or not. */
  readonly entries: number;
  readonly kev?: readonly (readonly [id: string, kev: readonly [string, string | null, string | null]])[];
  readonly epss?: readonly (readonly [id: string, score: number, day: string])[];
  readonly rows?: readonly { readonly product: string; readonly row: VulnerabilityRow }[];
  readonly debian?: readonly { readonly product: string; readonly fix: DebianFix }[];
  readonly builds?: readonly ExchangeBuildRow[];
  readonly support?: { readonly product: string; readonly cycles: readonly SupportCycle[] };
}

export type FeedReading =
  | { readonly ok: true; readonly feed: FeedName; readonly rows: FeedRows }
  | { readonly ok: false; readonly feed: FeedName | null; readonly why: string };

const CVE = /^CVE-\d{4}-\d{4,9}$/;

export function isCve(text: string): boolean {
  return CVE.test(text);
}

/** Text of a stranger as one line of bounded length; null if nothing is left. */
export function oneLine(text: string, most: number): string | null {
  const plain = text
    .slice(0, most * 4)
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
  if (plain === '') return null;
  return plain.length <= most ? plain : `${plain.slice(0, most - 1)}…`;
}
