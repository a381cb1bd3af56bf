import type { DrillReport, Outcome } from '../finding/drill-report.ts';
import { capital, drillHeadline, OUTCOME_MEANINGS, OUTCOME_WORDS, outcomeCounts, withOutcome } from './drill-words.ts';
import { attackArticles, metSection, notRunSection } from './html/drill-sections.ts';
import { html, type Markup } from './html/markup.ts';
import { type Section, section } from './html/section.ts';
import { sheetOf } from './html/sheet.ts';
import { durationWords, timeWords } from './words.ts';

/** A drill as one self-contained HTML page, in the look of the scan's. */
export function renderDrillHtml(report: DrillReport): string {
  const took = durationWords(report.startedAt, report.finishedAt);
  return sheetOf(
    `${report.target}: ${report.score} of 100 in a drill · mailward`,
    masthead(report),
    drillSections(report),
    html`<p>Made by mailward, ${timeWords(report.finishedAt)}${took === null ? '' : `, in ${took}`}. Authorised by ${report.authorised}. To drill again:</p>
<pre class="paste">mailward drill ${report.target} --authorised "…"${report.recipient === null ? '' : ` --recipient ${report.recipient}`}</pre>`,
  );
}

/** The sections of a drill: what got through with its proof and its remedy, what was met, and what stays unproven. */
function drillSections(report: DrillReport): readonly Section[] {
  return [
    throughSection(report, 'harmed'),
    throughSection(report, 'passed'),
    metSection(report, 'contained'),
    metSection(report, 'stopped'),
    notRunSection(report),
  ].filter((one) => one !== null);
}

/** What got through: an article each. */
function throughSection(report: DrillReport, outcome: Outcome): Section | null {
  const attacks = withOutcome(report, outcome);
  if (attacks.length === 0) return null;
  return section(
    outcome,
    capital(OUTCOME_WORDS[outcome]),
    attacks.length,
    OUTCOME_MEANINGS[outcome],
    attackArticles(attacks),
  );
}

/** From these scores on a drill is called good, or fair. */
const GOOD = 80;
const FAIR = 50;

/** A drill that ended early is no good one, whatever it had met until then. */
function toneOf({ score, endedEarly }: DrillReport): string {
  if (score < FAIR) return 'grade-poor';
  return score >= GOOD && endedEarly === null ? 'grade-good' : 'grade-fair';
}

function masthead(report: DrillReport): Markup {
  const { score, target, startedAt, endedEarly } = report;
  return html`<header class="masthead">
<div class="masthead-line"><p class="brand">mailward</p><p class="when">${timeWords(startedAt)} · <span title="harmless attacks, authorised by the owner">drill</span></p></div>
<div class="masthead-title">
<h1>${target}</h1>
${scoreMark(score, toneOf(report))}
</div>
<p class="headline">${drillHeadline(report)}</p>
<p class="lead">${outcomeCounts(report)}</p>
${endedEarly === null ? null : html`<p class="lead"><strong>It ended early:</strong> ${endedEarly}. The score is of what was tried until then.</p>`}
</header>`;
}

function scoreMark(score: number, tone: string): Markup {
  return html`<div class="grade ${tone}" role="img" aria-label="Score ${score} of 100">
<span class="grade-letter" aria-hidden="true">${score}</span>
<span class="grade-score" aria-hidden="true"><span><small>/100</small></span>
<svg viewBox="0 0 104 8" width="104" height="8" focusable="false"><line class="scale" x1="2" x2="102" y1="4" y2="4"/><line class="scale-mark" x1="${score + 2}" x2="${score + 2}" y1="0" y2="8"/></svg></span>
</div>`;
}
