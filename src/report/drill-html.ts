import type { DrillAttack, DrillReport, Outcome } from '../finding/drill-report.ts';
import type { Evidence } from '../finding/evidence.ts';
import type { Remedy } from '../finding/rule.ts';
import {
  type ComparedAttack,
  compareDrills,
  drillHeadline,
  OUTCOME_MEANINGS,
  OUTCOME_WORDS,
  outcomeCounts,
  STAGE_WORDS,
  withOutcome,
} from './drill-words.ts';
import { evidenceBlock, lengthOf } from './html/evidence.ts';
import { severityLabel } from './html/findings.ts';
import { referenceLink } from './html/links.ts';
import { bytes, html, type Markup, preformatted } from './html/markup.ts';
import { type Section, section } from './html/section.ts';
import { sheetOf } from './html/sheet.ts';
import { counted, durationWords, timeWords } from './words.ts';

export interface DrillHtmlOptions {
  /** The same attacks against the same server, earlier: shown side by side. */
  readonly before?: DrillReport;
}

/** A drill as one self-contained HTML page, in the look of the scan's. */
export function renderDrillHtml(report: DrillReport, { before }: DrillHtmlOptions = {}): string {
  const sections = drillSections(report, before);
  const took = durationWords(report.startedAt, report.finishedAt);
  return sheetOf(
    `${report.target}: ${report.score} of 100 in a drill · mailward`,
    masthead(report),
    sections,
    html`<p>Made by mailward, ${timeWords(report.finishedAt)}${took === null ? '' : `, in ${took}`}. Authorised by ${report.authorised}. To drill again:</p>
<pre class="paste">mailward drill ${report.target} --authorised "…"${report.recipient === null ? '' : ` --recipient ${report.recipient}`}</pre>`,
  );
}

/** The sections of a drill: what got through with its proof and its remedy, what was met, and what stays unproven. */
export function drillSections(report: DrillReport, before?: DrillReport): readonly Section[] {
  return [
    before === undefined ? null : comparisonSection(before, report),
    throughSection(report, 'harmed'),
    throughSection(report, 'passed'),
    metSection(report, 'contained'),
    metSection(report, 'stopped'),
    metSection(report, 'not-run'),
  ].filter((one) => one !== null);
}

/** From these scores on a drill is called good, or fair. */
const GOOD = 80;
const FAIR = 50;

function masthead(report: DrillReport): Markup {
  const { score, target, startedAt } = report;
  const tone = score >= GOOD ? 'grade-good' : score >= FAIR ? 'grade-fair' : 'grade-poor';
  return html`<header class="masthead">
<div class="masthead-line"><p class="brand">mailward</p><p class="when">${timeWords(startedAt)} · <span title="harmless attacks, authorised by the owner">drill</span></p></div>
<div class="masthead-title">
<h1>${target}</h1>
<div class="grade ${tone}" role="img" aria-label="Score ${score} of 100">
<span class="grade-letter" aria-hidden="true">${score}</span>
<span class="grade-score" aria-hidden="true"><span><small>/100</small></span>
<svg viewBox="0 0 104 8" width="104" height="8" focusable="false"><line class="scale" x1="2" x2="102" y1="4" y2="4"/><line class="scale-mark" x1="${score + 2}" x2="${score + 2}" y1="0" y2="8"/></svg></span>
</div>
</div>
<p class="headline">${drillHeadline(report)}</p>
<p class="lead">${outcomeCounts(report)}</p>
</header>`;
}

/** What got through: an article each. */
function throughSection(report: DrillReport, outcome: Outcome): Section | null {
  const attacks = withOutcome(report, outcome);
  if (attacks.length === 0) return null;
  return section(outcome, title(outcome), attacks.length, OUTCOME_MEANINGS[outcome], html`${attacks.map(article)}`);
}

function article(attack: DrillAttack): Markup {
  const { attack: name, control, severity, because, gain, at, references } = attack;
  return html`<article class="finding edge-${severity}" aria-labelledby="attack-${name}">
<header><p class="finding-tag">${severityLabel(severity)} <code class="rule-id">${name}</code></p>
<h3 id="attack-${name}">${attack.title}</h3>
<p class="subjects">${at === null ? '' : `${STAGE_WORDS[at]} · `}should be met by <code>${control}</code></p></header>
<p class="why">${bytes(because, 400)}. ${gain}</p>
${forms(attack)}
${proofs(attack.evidence)}
<div class="remedy"><h4>Remedy</h4>${attack.remedy.map(remedyText)}</div>
<p class="references"><span class="aside">References: </span>${references.map((reference, index) => html`${index > 0 ? ' · ' : ''}${referenceLink(reference)}`)}</p>
</article>
`;
}

function forms({ forms: all }: DrillAttack): Markup | null {
  if (all.length === 0) return null;
  return html`<details class="evidence"><summary>Its ${counted(all.length, 'form')}</summary><ul class="clues">
${all.map(
  ({ form, outcome, because }) =>
    html`<li>${form}: <strong>${OUTCOME_WORDS[outcome]}</strong> <span class="quiet">${bytes(because, 200)}</span></li>
`,
)}</ul></details>
`;
}

/** The dialogue that proves it, and behind it all others: the last is the control. */
function proofs([first, ...others]: readonly Evidence[]): Markup {
  return html`${first === undefined ? null : proof('The dialogue that proves it', [first])}${
    others.length === 0 ? null : proof('Other dialogues; the last is the same without the sting', others)
  }`;
}

function proof(head: string, evidence: readonly Evidence[]): Markup {
  const lines = evidence.reduce((sum, one) => sum + lengthOf(one), 0);
  return html`<details class="evidence"><summary>${head} <span class="quiet">${counted(lines, 'line')}</span></summary>
${evidence.map(evidenceBlock)}</details>
`;
}

function remedyText({ platform, text, config }: Remedy): Markup {
  return html`<p>${platform === '*' ? null : html`<strong>${platform}:</strong> `}${text}</p>${config === undefined ? null : html`<pre class="paste">${preformatted(config)}</pre>`}`;
}

/** What was met, or proved nothing: a row each. */
function metSection(report: DrillReport, outcome: Outcome): Section | null {
  const attacks = withOutcome(report, outcome);
  if (attacks.length === 0) return null;
  const rows = attacks.map(
    ({ attack, title: what, at, because }) =>
      html`<tr role="row"><th scope="row" role="rowheader">${what}<br><code>${attack}</code></th>
<td role="cell">${at === null ? html`<span class="quiet">–</span>` : STAGE_WORDS[at]}</td>
<td role="cell">${bytes(because, 300)}</td></tr>
`,
  );
  return section(
    outcome,
    title(outcome),
    attacks.length,
    OUTCOME_MEANINGS[outcome],
    html`<table class="unreached" role="table"><caption>${title(outcome)}, by attack</caption>
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Attack</th><th scope="col" role="columnheader">Where</th><th scope="col" role="columnheader">By what</th></tr></thead>
<tbody role="rowgroup">
${rows}</tbody></table>`,
  );
}

function comparisonSection(before: DrillReport, after: DrillReport): Section {
  const rows = compareDrills(before, after).map(
    ({ attack, title: what, before: then, after: now }: ComparedAttack) =>
      html`<tr role="row"><th scope="row" role="rowheader">${what}<br><code>${attack}</code></th>
<td role="cell"><span class="cell-label" aria-hidden="true">Before</span>${then === null ? '–' : OUTCOME_WORDS[then]}</td>
<td role="cell"><span class="cell-label" aria-hidden="true">After</span>${now === null ? '–' : html`<strong>${OUTCOME_WORDS[now]}</strong>`}</td></tr>
`,
  );
  return section(
    'compared',
    'Before and after',
    null,
    `${before.score} → ${after.score} of 100`,
    html`<table class="unreached" role="table"><caption>The same attacks, before and after</caption>
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Attack</th><th scope="col" role="columnheader">Before</th><th scope="col" role="columnheader">After</th></tr></thead>
<tbody role="rowgroup">
${rows}</tbody></table>`,
  );
}

function title(outcome: Outcome): string {
  const words = OUTCOME_WORDS[outcome];
  return words.charAt(0).toUpperCase() + words.slice(1);
}
