import type { Report } from '../../finding/report.ts';
import { atLeast, type Severity } from '../../finding/rule.ts';
import { EXIT, type ExitCode } from './io.ts';

/** 1 if something reaches the threshold, 3 if no mail server could be looked at, else 0. Only holes that are proven count. */
export function verdictOn(report: Report, threshold: Severity): ExitCode {
  const holes = report.vulnerabilities.filter(({ status }) => status === 'affected');
  const found = [...report.findings.map(({ rule }) => rule.severity), ...holes.map(({ severity }) => severity)];
  if (found.some((severity) => atLeast(severity, threshold))) return EXIT.found;
  const reached =
    report.depth === 'passive'
      ? report.servers.length > 0
      : report.servers.some(({ endpoints }) => endpoints.some(({ state }) => state === 'open'));
  // A domain that takes no mail has no server to reach, and nothing is missing.
  return !reached && report.unreached.length > 0 ? EXIT.cannot : EXIT.fine;
}
