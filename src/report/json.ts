import type { Report } from '../finding/report.ts';

/** The report as the contract's `mailward/report/1`: plain data, ready for `JSON.stringify`. */
export function reportJson(report: Report): object {
  const { target, depth, startedAt, finishedAt, grade, score, grading, servers, vulnerabilities, unreached, dossier } =
    report;
  return {
    schema: 'mailward/report/1',
    target,
    depth,
    startedAt,
    finishedAt,
    grade,
    score,
    ...(grading === undefined ? {} : { grading }),
    servers,
    findings: report.findings.map(({ rule, subject, evidence }) => ({
      rule: rule.id,
      severity: rule.severity,
      subject,
      title: rule.title,
      why: rule.why,
      remedy: rule.remedy,
      references: rule.references,
      threat: rule.threat,
      evidence,
    })),
    vulnerabilities,
    unreached,
    dossier,
  };
}
