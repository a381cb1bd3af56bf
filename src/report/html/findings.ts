import type { Finding } from '../../finding/finding.ts';
import type { Report } from '../../finding/report.ts';
import type { Remedy, Rule, Severity } from '../../finding/rule.ts';
import { type FindingGroup, groupFindings, severityCounts } from '../order.ts';
import { platformsOf, remedyFor } from '../verdict.ts';
import { counted, SEVERITY_WORDS } from '../words.ts';
import { evidenceBlock, lengthOf } from './evidence.ts';
import { referenceLink } from './links.ts';
import { html, type Markup, preformatted } from './markup.ts';
import { type Section, section } from './section.ts';

/** Evidence of at most this many lines is shown at once; longer evidence waits behind its heading. */
const OPEN_LINES = 8;
/** Subjects of one rule whose evidence is shown at once. */
const OPEN_SUBJECTS = 2;

/** Findings, worst first: the fault, what it costs, what was seen, what to change. */
export function findingsSection(report: Report): Section | null {
  const groups = groupFindings(report.findings);
  if (groups.length === 0) return null;
  const counts = severityCounts(groups.map(({ rule }) => rule.severity));
  const remark = counts.map(({ severity, count }) => `${count} ${SEVERITY_WORDS[severity]}`).join(' · ');
  const items = groups.map((group, at) => findingArticle(report, group, at));
  return section('findings', 'Findings', groups.length, remark, html`${items}`);
}

/** A severity as a label that does without colour. */
export function severityLabel(severity: Severity): Markup {
  return html`<span class="severity severity-${severity}">${SEVERITY_WORDS[severity]}</span>`;
}

function findingArticle(report: Report, { rule, findings }: FindingGroup, at: number): Markup {
  const subjects = [...new Set(findings.map(({ subject }) => subject))];
  return html`<article class="finding edge-${rule.severity}" aria-labelledby="finding-${at}">
<header><p class="finding-tag">${severityLabel(rule.severity)} <code class="rule-id">${rule.id}</code></p>
<h3 id="finding-${at}">${rule.title}</h3>
<p class="subjects">${subjects.map((subject, index) => html`${index > 0 ? ' · ' : ''}<code>${subject}</code>`)}</p></header>
<p class="why">${rule.why}</p>
${findings.map((finding, index) => evidenceDetails(finding, index, findings.length))}
${remedyBlock(rule, platformsOf(report, findings[0].subject), at)}
<p class="references"><span class="aside">References: </span>${rule.references.map((reference, index) => html`${index > 0 ? ' · ' : ''}${referenceLink(reference)}`)}</p>
</article>
`;
}

function evidenceDetails({ subject, evidence }: Finding, at: number, of: number): Markup {
  const lines = evidence.reduce((sum, one) => sum + lengthOf(one), 0);
  const open = lines <= OPEN_LINES && at < OPEN_SUBJECTS;
  const where = of > 1 ? html` at <code>${subject}</code>` : null;
  const body = html`<summary>What was seen${where} <span class="quiet">${counted(lines, 'line')}</span></summary>
${evidence.map(evidenceBlock)}`;
  return open
    ? html`<details class="evidence" open>${body}</details>
`
    : html`<details class="evidence">${body}</details>
`;
}

function remedyBlock({ remedy }: Rule, platforms: readonly string[], at: number): Markup {
  if (remedy.length === 1)
    return html`<div class="remedy"><h4>Remedy${remedy[0].platform === '*' ? null : ` for ${remedy[0].platform}`}</h4>${remedyText(remedy[0])}</div>`;
  const chosen = remedyFor(remedy, platforms);
  return html`<fieldset class="remedy tabs"><legend>Remedy</legend>
${remedy.map((one, index) => {
  const id = `remedy-${at}-${index}`;
  const radio =
    one === chosen
      ? html`<input type="radio" name="remedy-${at}" id="${id}" checked>`
      : html`<input type="radio" name="remedy-${at}" id="${id}">`;
  return html`${radio}<label for="${id}">${one.platform === '*' ? 'Any server' : one.platform}</label>
<div class="pane">${remedyText(one)}</div>
`;
})}</fieldset>`;
}

function remedyText({ text, config }: Remedy): Markup {
  return html`<p>${text}</p>${config === undefined ? null : html`<pre class="paste">${preformatted(config)}</pre>`}`;
}
