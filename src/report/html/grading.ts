import type { Deduction } from '../../finding/grading.ts';
import type { Report } from '../../finding/report.ts';
import { html, type Markup } from './markup.ts';
import { type Section, section } from './section.ts';

/** How the grade came about: what took how many points, and the ceiling that decided if one did. */
export function gradingSection(report: Report): Section | null {
  const { grading, grade, score } = report;
  if (grading === undefined) return null;
  const titles = new Map(report.findings.map(({ rule }) => [rule.id as string, rule.title]));
  const { taken, ceiling } = grading;
  const sentence =
    ceiling === null
      ? `${score} of 100 points are left, which is ${grade}.`
      : `No more than ${ceiling.score} points are given, because ${ceiling.because}.`;
  return section(
    'grading',
    'How the grade came about',
    null,
    `${grade} · ${score} of 100`,
    html`<p>${taken.length === 0 ? 'Nothing took any points. ' : null}${sentence}</p>
${taken.length === 0 ? null : table(taken, titles)}`,
  );
}

function table(taken: readonly Deduction[], titles: ReadonlyMap<string, string>): Markup {
  return html`<table class="grading"><caption>Points taken, of 100</caption>
<thead><tr><th scope="col">For</th><th scope="col" class="number">Times</th><th scope="col" class="number">Points</th></tr></thead>
<tbody>
${taken.map(
  ({ what, times, points }) =>
    html`<tr><th scope="row">${titles.get(what) ?? what}</th><td class="number">${times}</td><td class="number">−${Math.round(points * 10) / 10}</td></tr>
`,
)}</tbody></table>`;
}
