import type { Finding } from '../../finding/finding.ts';
import type { Vulnerability } from '../../finding/vulnerability.ts';
import { compareReports } from '../../report/compare.ts';
import { reportJson } from '../../report/json.ts';
import { readReport } from '../../report/read-json.ts';
import type { Dossier } from '../../scan/dossier.ts';
import { judge } from '../../scan/judge.ts';
import type { Records, StoredScan } from '../../store/records.ts';

/** What judging a stored scan anew brought. */
export type Rejudged =
  | {
      readonly id: number;
      readonly target: string;
      readonly newFindings: readonly Finding[];
      /** Holes that are affected or possible now and were not before. */
      readonly newHoles: readonly Vulnerability[];
      /** Holes that were there and are now known to be exploited. */
      readonly newlyExploited: readonly Vulnerability[];
    }
  | { readonly id: number; readonly target: string; readonly fault: string };

/** Judges the newest scan of every target with the knowledge of today and, with `keep`, keeps the new reports. No packet is sent. */
export async function* rejudge(records: Records, { keep }: { readonly keep: boolean }): AsyncGenerator<Rejudged> {
  for await (const scan of records.latestScans()) yield await rejudgeOne(records, scan, keep);
}

async function rejudgeOne(records: Records, scan: StoredScan, keep: boolean): Promise<Rejudged> {
  const { id, target } = scan;
  const read = readReport(scan.report);
  if ('fault' in read) return { id, target, fault: `its report cannot be read: ${read.fault}` };
  let report: ReturnType<typeof judge>;
  try {
    report = judge(scan.dossier as Dossier);
  } catch (fault) {
    return { id, target, fault: `its dossier cannot be judged by this version: ${(fault as Error).message}` };
  }
  const { findings, vulnerabilities } = compareReports(read.report, report);
  const exploitedBefore = new Set(
    read.report.vulnerabilities.filter((hole) => hole.knownExploited).map((hole) => `${hole.id} ${hole.subject}`),
  );
  if (keep) await records.setReport(id, reportJson(report), report.grade);
  return {
    id,
    target,
    newFindings: findings.fresh,
    newHoles: vulnerabilities.fresh,
    newlyExploited: vulnerabilities.same.filter(
      (hole) => hole.knownExploited && !exploitedBefore.has(`${hole.id} ${hole.subject}`),
    ),
  };
}
