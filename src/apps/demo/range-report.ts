import { graded } from '../../finding/grade.ts';
import type { Report } from '../../finding/report.ts';

/** Joins the reports of the range's companies into one, so that one page shows them all. Its grade is that of all faults together. */
export function rangeReport(reports: readonly Report[]): Report {
  const [first] = reports;
  if (first === undefined) throw new RangeError('a range without companies');
  const whole = {
    target: reports.map(({ target }) => target).join(' '),
    depth: first.depth,
    startedAt: first.startedAt,
    finishedAt: reports.at(-1)?.finishedAt ?? first.finishedAt,
    servers: reports.flatMap(({ servers }) => servers),
    findings: reports.flatMap(({ findings }) => findings),
    vulnerabilities: reports.flatMap(({ vulnerabilities }) => vulnerabilities),
    unreached: reports.flatMap(({ unreached }) => unreached),
    dossier: { companies: reports.map(({ dossier }) => dossier) },
  };
  return graded(whole, reports.length);
}
