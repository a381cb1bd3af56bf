import type { VulnerabilityRow } from '../../../knowledge/load-vulnerabilities.ts';

/** A score with its vector, and the version of CVSS that the vector names; `3.x` if there is none. */
export function cvssOf(
  score: number,
  vector: string | null,
  source: string,
): readonly [number, string, string | null, string] {
  const version = /^CVSS:(\d\.\d)\//.exec(vector ?? '')?.[1] ?? (vector === null ? '3.x' : '2.0');
  return [score, version, vector, source];
}

/** Who reaches a hole, by its vector (CVSS 3.1 §2.1): nothing where there is none. */
export function reachOf(vector: string | null): Pick<VulnerabilityRow, 'local' | 'auth' | 'interaction'> {
  if (vector === null) return {};
  const metric = (name: string) => new RegExp(`(?:^|/)${name}:([A-Z]+)`).exec(vector)?.[1];
  const local = metric('AV') === 'L' || metric('AV') === 'P';
  const rights = metric('PR') ?? metric('Au');
  const auth = local
    ? 'local'
    : rights === 'N'
      ? 'none'
      : rights === 'H'
        ? 'admin'
        : rights === undefined
          ? undefined
          : 'user';
  return {
    ...(local ? { local } : {}),
    ...(auth === undefined ? {} : { auth }),
    ...(metric('UI') === 'R' || metric('UI') === 'A' || metric('UI') === 'P' ? { interaction: true } : {}),
  };
}

const IMPACTS: ReadonlyMap<string, string> = new Map([
  ['remote code execution', 'rce'],
  ['elevation of privilege', 'privilege-escalation'],
  ['information disclosure', 'info-leak'],
  ['denial of service', 'dos'],
  ['spoofing', 'spoofing'],
  ['tampering', 'tampering'],
  ['security feature bypass', 'filter-bypass'],
]);

/** Our word for Microsoft's word for an impact. */
export function classOfImpact(impact: string | null): string | null {
  return IMPACTS.get(impact?.toLowerCase() ?? '') ?? null;
}

const WEAKNESSES: Readonly<Record<string, string>> = {
  'CWE-22': 'path-traversal',
  'CWE-77': 'command-injection',
  'CWE-78': 'command-injection',
  'CWE-79': 'xss',
  'CWE-89': 'sqli',
  'CWE-90': 'ldap-injection',
  'CWE-93': 'header-injection',
  'CWE-94': 'rce',
  'CWE-119': 'memory-corruption',
  'CWE-120': 'memory-corruption',
  'CWE-121': 'memory-corruption',
  'CWE-122': 'memory-corruption',
  'CWE-125': 'info-leak',
  'CWE-200': 'info-leak',
  'CWE-287': 'auth-bypass',
  'CWE-306': 'auth-bypass',
  'CWE-352': 'csrf',
  'CWE-400': 'dos',
  'CWE-416': 'memory-corruption',
  'CWE-434': 'rce',
  'CWE-476': 'dos',
  'CWE-502': 'rce',
  'CWE-601': 'open-redirect',
  'CWE-611': 'xxe',
  'CWE-787': 'memory-corruption',
  'CWE-918': 'ssrf',
};

/** Our word for a weakness; the first that has one. */
export function classOfWeaknesses(cwes: readonly string[]): string | null {
  return cwes.map((cwe) => WEAKNESSES[cwe]).find((word) => word !== undefined) ?? null;
}
