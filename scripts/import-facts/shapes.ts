/** The shapes of the gathered facts, as far as the import reads them. */
export interface Facts {
  readonly 'mta-vulns': { readonly asOf: string; readonly rows: readonly CuratedFact[] };
  readonly 'mta-vulns-nvd': { readonly rows: readonly NvdFact[] };
  readonly 'debian-fixes': {
    readonly rows: readonly DebianFact[];
    readonly currentVersions: Readonly<Record<string, string>>;
  };
  readonly 'exchange-builds': {
    readonly asOf: string;
    readonly sourceKeys: Readonly<Record<string, string>>;
    readonly rows: readonly BuildFact[];
  };
  readonly 'exchange-vulns': {
    readonly asOf: string;
    readonly rows: readonly ExchangeFact[];
    readonly legacy: readonly LegacyFact[];
  };
  readonly eol: { readonly asOf: string; readonly rows: readonly SupportFact[] };
  readonly 'windows-smtp-builds': {
    readonly note: string;
    readonly exchangeOnWindows: object;
    readonly rows: readonly object[];
  };
}

interface Cvss {
  readonly score: number;
  readonly version: string;
  readonly vector: string | null;
  readonly source?: string;
}

interface Kev {
  readonly dateAdded: string;
  readonly dueDate: string | null;
  readonly ransomware: string | null;
}

export interface Bounds {
  readonly introduced: string | null;
  readonly introducedExclusive?: string | null;
  readonly fixed: string | null;
  readonly lastAffected: string | null;
  readonly unknown?: boolean;
  readonly fixedUnknown?: boolean;
  readonly cpe?: string;
}

export interface Judged {
  readonly id: string;
  readonly class: string | null;
  readonly cvss: Cvss | null;
  readonly kev: Kev | null;
  readonly userInteraction: boolean | null;
  readonly remoteUnauthenticated: boolean | null;
}

export interface CuratedFact extends Judged {
  readonly product: string;
  readonly component: string | null;
  readonly ranges: readonly Bounds[];
  readonly remote: boolean;
  readonly auth: string | null;
  readonly mitm: boolean;
  readonly summary: string;
  readonly notes: readonly string[];
  readonly verified: boolean;
  readonly sources: readonly string[];
}

export interface NvdFact extends Judged {
  readonly product: string;
  readonly cpes: readonly string[];
  readonly versions: readonly string[];
  readonly ranges: readonly Bounds[];
  readonly remote: boolean;
  readonly published: string;
  readonly source: string;
}

export interface DebianFact {
  readonly product: string;
  readonly source: string;
  readonly cve: string;
  readonly debianVersion: string;
  readonly suite: string;
  readonly mentionOnly: boolean;
  readonly upstreamVersionsNamed: readonly string[];
  readonly note?: string;
}

export interface BuildFact {
  readonly product: string;
  readonly generation: string;
  readonly level: string;
  readonly update: string;
  readonly build: string;
  readonly line: string;
  readonly released: string;
  readonly superseded: boolean;
}

export interface ExchangeFact extends Judged {
  readonly nickname: string | null;
  readonly auth: string | null;
  readonly summary: string;
  readonly published: string;
  readonly matchByBuild: boolean;
  readonly affected: readonly {
    readonly line: string;
    readonly fixedBuild: string | null;
    readonly fixedBy: string | null;
    readonly derivation: string;
  }[];
  readonly notes: readonly string[];
  readonly verified: boolean;
  readonly sources: readonly string[];
}

export interface LegacyFact extends Judged {
  readonly published: string;
  readonly affectedCpe: readonly string[];
  readonly source: string;
}

export interface SupportFact {
  readonly product: string;
  readonly source: string;
}
