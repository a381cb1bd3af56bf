import type { NdrReport } from '../finding/ndr-report.ts';

/** A read message as the contract's `mailward/ndr/1`: plain data, ready for `JSON.stringify`. */
export function ndrJson(report: NdrReport): object {
  return {
    schema: 'mailward/ndr/1',
    file: report.file,
    isBounce: report.isBounce,
    kind: report.kind,
    reporter: report.reporter,
    reportingHost: report.reportingHost,
    recipients: report.recipients,
    original: report.original,
    hops: report.hops,
    disclosures: report.disclosures.map(({ kind, value, where, severity, rule }) => ({
      kind,
      value,
      where,
      severity,
      rule: rule.id,
    })),
  };
}
