import type { Finding } from '../finding/finding.ts';
import type { Identity } from '../finding/identity.ts';
import type { Grade, Report } from '../finding/report.ts';
import type { Vulnerability } from '../finding/vulnerability.ts';
import { endpointName, productName } from './words.ts';

/** What changed between two reports of a target. */
export interface Comparison {
  readonly earlier: Moment;
  readonly later: Moment;
  readonly findings: Changes<Finding>;
  /** A hole counts as there while it is affected or possible. */
  readonly vulnerabilities: Changes<Vulnerability>;
  readonly identities: readonly IdentityChange[];
}

export interface Moment {
  readonly at: string;
  readonly grade: Grade;
  readonly score: number;
}

/** `fresh` only in the later report, `gone` only in the earlier, `same` in both (as the later has it). */
export interface Changes<T> {
  readonly fresh: readonly T[];
  /** `seen` is false where the later report could not look at the subject: gone from sight is not mended. */
  readonly gone: readonly { readonly item: T; readonly seen: boolean }[];
  readonly same: readonly T[];
}

/** An endpoint at which another product or version answers than before; null where none was recognised. */
export interface IdentityChange {
  readonly server: string;
  readonly endpoint: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Compares two reports. Findings are the same by rule and subject, holes by id and subject. */
export function compareReports(earlier: Report, later: Report): Comparison {
  const seen = visibility(later);
  const present = ({ status }: Vulnerability) => status !== 'not-affected';
  return {
    earlier: momentOf(earlier),
    later: momentOf(later),
    findings: changesOf(earlier.findings, later.findings, ({ rule, subject }) => [rule.id, subject], seen),
    vulnerabilities: changesOf(
      earlier.vulnerabilities.filter(present),
      later.vulnerabilities.filter(present),
      ({ id, subject }) => [id, subject],
      seen,
    ),
    identities: [...identityChanges(earlier, later)],
  };
}

/** True if nothing changed but the time. */
export function isUnchanged({ findings, vulnerabilities, identities }: Comparison): boolean {
  return (
    [findings, vulnerabilities].every(({ fresh, gone }) => fresh.length + gone.length === 0) && identities.length === 0
  );
}

function momentOf({ startedAt, grade, score }: Report): Moment {
  return { at: startedAt, grade, score };
}

function changesOf<T>(
  earlier: readonly T[],
  later: readonly T[],
  parts: (item: T) => readonly [string, string],
  seen: (subject: string) => boolean,
): Changes<T> {
  const keyed = (items: readonly T[]) => new Map(items.map((item) => [JSON.stringify(parts(item)), item]));
  const before = keyed(earlier);
  const after = keyed(later);
  const gone: { item: T; seen: boolean }[] = [];
  for (const [key, item] of before) if (!after.has(key)) gone.push({ item, seen: seen(parts(item)[1]) });
  const fresh: T[] = [];
  const same: T[] = [];
  for (const [key, item] of after) (before.has(key) ? same : fresh).push(item);
  return { fresh, gone, same };
}

/** Whether a report could look at a subject: not so if its endpoint did not answer or something under its name was not reached. */
function visibility(report: Report): (subject: string) => boolean {
  const silent = new Set<string>();
  for (const { name, endpoints } of report.servers)
    for (const endpoint of endpoints)
      if (endpoint.state !== 'open') silent.add(`${name}:${endpoint.port}`).add(endpointName(endpoint));
  for (const { what, reason } of report.unreached) if (reason !== 'not-offered') silent.add(what);
  return (subject) => !silent.has(subject);
}

function* identityChanges(earlier: Report, later: Report): Generator<IdentityChange> {
  const before = identitiesOf(earlier);
  for (const [key, now] of identitiesOf(later)) {
    const then = before.get(key);
    if (then === undefined) continue;
    const [was, is] = [productName(then.identity), productName(now.identity)];
    if (was !== is) yield { server: now.server, endpoint: now.endpoint, before: was, after: is };
  }
}

function identitiesOf(report: Report) {
  const out = new Map<string, { server: string; endpoint: string; identity: Identity | null }>();
  for (const { name, endpoints } of report.servers)
    for (const endpoint of endpoints) {
      if (endpoint.state !== 'open') continue;
      const where = endpointName(endpoint);
      out.set(JSON.stringify([name, where]), { server: name, endpoint: where, identity: endpoint.identity });
    }
  return out;
}
