import { readFileSync } from 'node:fs';

/** Versions that have a hole. Bounds that are not there are open; `unknown` says that the source gives no usable bound. */
export interface AffectedRange {
  /** First version with the hole. */
  readonly from?: string;
  /** Last version before the hole came. */
  readonly after?: string;
  /** First version without the hole. */
  readonly fixed?: string;
  /** Last version with the hole. */
  readonly last?: string;
  readonly unknown?: boolean;
  /** Why a version in this range need not have the hole. */
  readonly doubt?: string;
}

/** A hole of one cumulative update (`15.2.1544`) or service pack (`14.3`) of Exchange. */
export interface AffectedLine {
  readonly line: string;
  /** First build without the hole; absent if no source names one. */
  readonly fixed?: string;
  /** Name of the update that brought it, `Nov24SU`. */
  readonly by?: string;
  /** How `fixed` was found: from a list, from a record, by date. */
  readonly how: string;
}

/** A hole of Exchange builds of one level, for the years in which no source names builds. */
export interface AffectedSpan {
  readonly from: string;
  readonly before?: string;
  readonly fixed?: string;
  /** The fix was joined by date over more than some weeks. */
  readonly late?: boolean;
}

/** What no version can tell: whether a setting is in place. */
export interface Question {
  /** What to find out, as a question. */
  readonly ask: string;
  /** How to find out. */
  readonly probe: string;
  /** First version, line or build whose default answers it. */
  readonly settledFrom?: string;
  /** True if even a version without the fix is only a question. */
  readonly always?: boolean;
  /** True if a version with the fix answers it. */
  readonly answeredByFix?: boolean;
}

/** One row of `vulnerabilities/*.json`. What is unknown is absent. */
export interface VulnerabilityRow {
  readonly id: string;
  readonly nickname?: string;
  /** The part of the product that has the hole, where it has a version of its own. */
  readonly component?: string;
  /** `vendor:product` names of a row that comes from NVD's structure alone. */
  readonly nvd?: readonly string[];
  readonly ranges?: readonly AffectedRange[];
  /** Versions that NVD lists one by one; its lists have gaps. */
  readonly versions?: readonly string[];
  readonly lines?: readonly AffectedLine[];
  readonly spans?: readonly AffectedSpan[];
  /** The fix is not a build of the product at all. */
  readonly notByBuild?: boolean;
  readonly published?: string;
  readonly gain?: string;
  readonly class?: string;
  readonly local?: boolean;
  /** Who can use it: `none`, `user`, `admin`, `local`. */
  readonly auth?: string;
  readonly mitm?: boolean;
  readonly interaction?: boolean;
  /** Score, CVSS version, vector, source of the score. */
  readonly cvss?: readonly [number, string, string | null, string | null];
  /** Known to be exploited: since when listed, when due, used for ransom. */
  readonly kev?: readonly [string, string | null, string | null];
  /** Probability of exploitation within 30 days (EPSS), 0 to 1; from an update only. */
  readonly epss?: number;
  readonly question?: Question;
  /** Why a match by version need not be a hole: one system only, one edition only. */
  readonly doubt?: string;
  readonly notes?: readonly string[];
  readonly unverified?: boolean;
  readonly sources: readonly string[];
}

/** A package revision that mends a hole, as the distribution's changelog has it. */
export interface DebianFix {
  readonly id: string;
  /** Source package. */
  readonly source: string;
  /** First revision without the hole; absent if the tracker says that the suite is not mended. */
  readonly fixed?: string;
  readonly suite: string;
  /** The tracker says that this suite still has the hole. */
  readonly open?: boolean;
  /** Revisions of this suite that the tracker saw when it said so. */
  readonly revisions?: readonly string[];
  readonly mentionOnly?: boolean;
  readonly note?: string;
}

/** All that is known of one product's holes: one file. */
export interface ProductHoles {
  readonly product: string;
  /** State of the facts, as a date. */
  readonly asOf: string;
  readonly rows: readonly VulnerabilityRow[];
  readonly debian?: readonly DebianFix[];
  /** Newest known revision of each source package of Debian 12. */
  readonly debianCurrent?: Readonly<Record<string, string>>;
}

/** One row of `products/exchange-builds.json`. */
export interface ExchangeBuildRow {
  /** `4.0` to `2019`, `SE`. */
  readonly generation: string;
  /** `RTM`, `SP2`, `CU14`. */
  readonly level: string;
  /** `RU5`, `Nov24SU`; absent for the level's own first build. */
  readonly update?: string;
  /** As banners and headers show it: `15.2.1544.14`. */
  readonly build: string;
  /** The parts that stay while only security updates come. */
  readonly line: string;
  /** ISO date, or year and month. */
  readonly released: string;
  readonly kb?: string;
  readonly doubtful?: boolean;
  readonly note?: string;
}

/** One cycle of a product's support. Dates are ISO; `true` is "over, date unknown", `false` "no end known". */
export interface SupportCycle {
  readonly cycle: string;
  readonly released?: string;
  readonly activeSupportEnd?: string | boolean;
  readonly eol?: string | boolean;
  readonly extendedEnd?: string | boolean;
  readonly latest?: string;
  readonly latestDate?: string;
  readonly source?: string;
}

/** What is known of holes, builds and support. The embedded one reads a product's file when it is asked for. */
export interface HoleKnowledge {
  /** Null if nothing is known of a product of this id. */
  holesOf(product: string): ProductHoles | null;
  exchangeBuilds(): readonly ExchangeBuildRow[];
  /** Cycles of a product by the name the support files use; none if it is not known. */
  supportOf(product: string): readonly SupportCycle[];
}

const PRODUCT_ID = /^[a-z0-9][a-z0-9-]{0,40}$/;

/** The knowledge that comes with mailward. Every file is read once, when first needed. */
export function embeddedHoles(): HoleKnowledge {
  const holes = new Map<string, ProductHoles | null>();
  const support = new Map<string, readonly SupportCycle[]>();
  let builds: readonly ExchangeBuildRow[] | undefined;
  return {
    holesOf(product) {
      let known = holes.get(product);
      if (known === undefined) {
        known = readData<ProductHoles>('vulnerabilities', product);
        holes.set(product, known);
      }
      return known;
    },
    exchangeBuilds() {
      builds ??= readData<{ readonly rows: readonly ExchangeBuildRow[] }>('products', 'exchange-builds')?.rows ?? [];
      return builds;
    },
    supportOf(product) {
      let cycles = support.get(product);
      if (cycles === undefined) {
        cycles = readData<{ readonly rows: readonly SupportCycle[] }>('products/support', product)?.rows ?? [];
        support.set(product, cycles);
      }
      return cycles;
    },
  };
}

/** A file of this folder; null if there is none of that name. */
function readData<File>(folder: string, name: string): File | null {
  if (!PRODUCT_ID.test(name)) return null;
  try {
    return JSON.parse(readFileSync(new URL(`./${folder}/${name}.json`, import.meta.url), 'utf8')) as File;
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fault;
  }
}
