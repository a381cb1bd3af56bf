import type { Report } from '../../finding/report.ts';
import { atLeast, type Severity } from '../../finding/rule.ts';
import { EXIT, type ExitCode } from './io.ts';

/** 1 if something reaches the threshold, 3 if nothing at all could be looked at, else 0. Only holes that are proven count. */
export function verdictOn(report: Report, threshold: Severity): ExitCode {
  const holes = report.vulnerabilities.filter(({ status }) => status === 'affected');
  const found = [...report.findings.map(({ rule }) => rule.severity), ...holes.map(({ severity }) => severity)];
  if (found.some((severity) => atLeast(severity, threshold))) return EXIT.found;
  const reached = report.servers.some(({ endpoints }) => endpoints.some(({ state }) => state === 'open'));
  const sawNothing = !reached && report.findings.length === 0 && report.unreached.length > 0;
  return sawNothing ? EXIT.cannot : EXIT.fine;
}
