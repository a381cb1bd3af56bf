import type { Report } from '../finding/report.ts';
import type { Comparison } from './compare.ts';
import { comparisonSection } from './html/comparison.ts';
import { findingsSection } from './html/findings.ts';
import { gradingSection } from './html/grading.ts';
import { holesSection } from './html/holes.ts';
import { pathSection } from './html/mail-path.ts';
import { html, preformatted } from './html/markup.ts';
import { masthead, nextSection } from './html/masthead.ts';
import type { Section } from './html/section.ts';
import { sheetOf } from './html/sheet.ts';
import { unreachedSection } from './html/unreached.ts';
import { verdictOf } from './verdict.ts';
import { commandOf, durationWords, timeWords } from './words.ts';

export interface HtmlOptions {
  /** Shown in a section of its own. */
  readonly comparison?: Comparison;
}

/** The report as one self-contained HTML page: readable without script, in the dark, in print, by keyboard and by ear. */
export function renderHtml(report: Report, { comparison }: HtmlOptions = {}): string {
  const verdict = verdictOf(report);
  const sections: readonly Section[] = [
    nextSection(verdict),
    comparison === undefined ? null : comparisonSection(comparison),
    pathSection(report),
    findingsSection(report),
    holesSection(report.vulnerabilities),
    unreachedSection(report.unreached),
    gradingSection(report),
  ].filter((section) => section !== null);
  const took = durationWords(report.startedAt, report.finishedAt);
  return sheetOf(
    `${report.target}: ${report.grade} · mailward`,
    masthead(report, verdict),
    sections,
    html`<p>Made by mailward, ${timeWords(report.finishedAt)}${took === null ? '' : `, in ${took}`}. To look again:</p>
<pre class="paste">${preformatted(commandOf(report))}</pre>`,
  );
}
