import type { Report } from '../../finding/report.ts';
import type { Verdict } from '../verdict.ts';
import { DEPTH_WORDS, timeWords } from '../words.ts';
import { html, type Markup, preformatted } from './markup.ts';
import { type Section, section } from './section.ts';

/** The head of the page: the target, the grade on its scale, and the verdict. */
export function masthead(report: Report, { headline, sentences }: Verdict): Markup {
  return html`<header class="masthead">
<div class="masthead-line"><p class="brand">mailward</p><p class="when">${timeElement(report.startedAt)} · <span title="${DEPTH_WORDS[report.depth]}">${report.depth} scan</span></p></div>
<div class="masthead-title">
<h1>${report.target}</h1>
${gradeMark(report)}
</div>
<p class="headline">${headline}</p>
<p class="lead">${sentences.join(' ')}</p>
</header>`;
}

/** A time for people and programs; what is no ISO time is text. */
function timeElement(iso: string): Markup {
  const words = timeWords(iso);
  return words === iso ? html`${iso}` : html`<time datetime="${iso}">${words}</time>`;
}

function gradeMark({ grade, score }: Report): Markup {
  const at = Math.max(0, Math.min(100, score));
  return html`<div class="grade ${gradeClass(grade)}" role="img" aria-label="Grade ${grade}, ${score} of 100 points">
<span class="grade-letter" aria-hidden="true">${grade}</span>
<span class="grade-score" aria-hidden="true"><span>${score}<small>/100</small></span>
<svg viewBox="0 0 104 8" width="104" height="8" focusable="false"><line class="scale" x1="2" x2="102" y1="4" y2="4"/><line class="scale-mark" x1="${at + 2}" x2="${at + 2}" y1="0" y2="8"/></svg></span>
</div>`;
}

/** The class that colours a grade; also used by lists of reports. */
export function gradeClass(grade: Report['grade']): string {
  if (grade === 'A+' || grade === 'A' || grade === 'B') return 'grade-good';
  return grade === 'C' || grade === 'D' ? 'grade-fair' : 'grade-poor';
}

/** What to do next, in order. */
export function nextSection({ next }: Verdict): Section {
  const steps = next.map(
    ({ fault, text, command }) =>
      html`<li><p>${fault === undefined ? null : html`<strong>${fault}.</strong> `}${text}</p>${command === undefined ? null : html`<pre class="paste">${preformatted(command)}</pre>`}</li>
`,
  );
  return section(
    'next',
    'What to do next',
    null,
    '',
    html`<ol class="steps">
${steps}</ol>`,
  );
}
