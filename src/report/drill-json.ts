import type { DrillReport } from '../finding/drill-report.ts';

/** A drill as the contract's `mailward/drill/1`: plain data, ready for `JSON.stringify`. */
export function drillJson(report: DrillReport): object {
  return { schema: 'mailward/drill/1', ...report };
}
