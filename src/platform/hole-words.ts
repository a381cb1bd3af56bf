import type { Severity } from '../finding/rule.ts';
import { SEVERITIES } from '../finding/rule.ts';
import type { VulnerabilityRow } from '../knowledge/load-vulnerabilities.ts';

/** What an attacker gains by a class of holes, for rows whose source gives no more. */
const GAINS: Readonly<Record<string, string>> = {
  rce: 'runs code of his own on the server',
  'command-injection': 'runs commands of his own on the server',
  'command-injection-mitm': 'slips commands into a session that is then encrypted',
  'memory-corruption': 'corrupts the memory of the server; code of his own may run',
  'privilege-escalation': 'gains rights that are not his',
  'auth-bypass': 'gets in without the password',
  backdoor: 'gets in through a door left open by its makers',
  'default-credentials': 'gets in with a password that everyone knows',
  'brute-force': 'can guess passwords without being slowed down',
  sqli: 'reads or changes the database',
  'ldap-injection': 'changes what the directory is asked',
  xxe: 'reads files of the server through crafted XML',
  ssrf: 'makes the server send requests of his choice',
  'path-traversal': 'reads or writes files outside the folder that is meant',
  'file-deletion': 'deletes files of the server',
  smuggling: 'sends forged mail that passes SPF through this server',
  'header-injection': 'adds header lines of his own',
  'content-injection': 'puts content of his own in place of others',
  'html-injection': 'puts HTML of his own into a page',
  'css-injection': 'reads parts of a page through style sheets',
  xss: 'runs script in the session of whoever looks at it',
  csrf: 'acts in the name of a user who opens his page',
  clickjacking: 'makes a user click what he does not see',
  'open-redirect': 'lends the name of the server to a link of his own',
  spoofing: 'passes for somebody else',
  tampering: 'changes data that is not his',
  'filter-bypass': 'gets forbidden content past the filter',
  'info-leak': 'reads data that is not meant for him',
  'log-injection': 'writes lines of his own into the log',
  crypto: 'reads or changes what should be encrypted',
  dos: 'stops the service',
};

const WHO: Readonly<Record<string, string>> = {
  none: 'Anyone who reaches the server',
  user: 'Anyone with a mailbox or login',
  admin: 'An administrator',
  local: 'Anyone with an account on the machine',
};

/** What an attacker gains, in one line; null if no source says anything. */
export function gainOf(row: VulnerabilityRow): string | null {
  const name = row.nickname === undefined ? '' : `${row.nickname}: `;
  if (row.gain !== undefined) return name + row.gain;
  const gain = (row.class === undefined ? undefined : GAINS[row.class]) ?? gainOfVector(row.cvss?.[2] ?? '');
  if (gain === undefined) return row.nickname ?? null;
  const who = isRemote(row) ? WHO[row.auth ?? ''] : WHO['local'];
  return `${name}${who ?? 'An attacker'} ${gain}.`;
}

/** What the impact metrics of a CVSS vector (version 2 to 4) say; undefined if they say nothing. */
function gainOfVector(vector: string): string | undefined {
  const hit = (metric: string) => new RegExp(`(?:^|/)V?${metric}:[^N/]`).test(vector);
  const deeds = [
    ...(hit('C') ? ['read data'] : []),
    ...(hit('I') ? ['change data'] : []),
    ...(hit('A') ? ['stop or slow the service'] : []),
  ];
  return deeds.length === 0 ? undefined : `can ${deeds.join(', ').replace(/, (?=[^,]*$)/, ' and ')}`;
}

export function isRemote(row: VulnerabilityRow): boolean {
  return row.local !== true && row.auth !== 'local';
}

/** True if no login is needed. What no source says counts as needing one. */
export function isUnauthenticated(row: VulnerabilityRow): boolean {
  return isRemote(row) && row.auth === 'none';
}

/** Classes that give an attacker the server. */
const GRAVE = new Set(['rce', 'command-injection', 'memory-corruption', 'auth-bypass', 'backdoor', 'sqli']);

/** By the CVSS score; without one by class and reach. What is exploited is at least high. */
export function severityOf(row: VulnerabilityRow): Severity {
  const severity = row.cvss === undefined ? severityByClass(row) : severityByScore(row.cvss[0]);
  return row.kev !== undefined && SEVERITIES.indexOf(severity) < SEVERITIES.indexOf('high') ? 'high' : severity;
}

/** Bands of CVSS 3.1 §5; version 2 had no word for critical and is read by the same bands. */
function severityByScore(score: number): Severity {
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return score > 0 ? 'low' : 'info';
}

function severityByClass(row: VulnerabilityRow): Severity {
  if (GRAVE.has(row.class ?? '') && isRemote(row)) return 'high';
  return 'medium';
}
