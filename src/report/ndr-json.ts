import type { NdrReport } from '../finding/ndr-report.ts';

/** A read message as the contract's `mailward/ndr/1`: plain data, ready for `JSON.stringify`. */
export function ndrJson(report: NdrReport): object {
  const { disclosures, ...rest } = report;
  return {
    schema: 'mailward/ndr/1',
    ...rest,
    disclosures: disclosures.map(({ kind, value, where, severity, rule }) => ({
      kind,
      value,
      where,
      severity,
      rule: rule.id,
    })),
  };
}
