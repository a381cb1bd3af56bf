import type { DrillAttack, DrillReport, Outcome } from '../../finding/drill-report.ts';
import type { Evidence } from '../../finding/evidence.ts';
import type { Remedy } from '../../finding/rule.ts';
import {
  byReason,
  capital,
  isMet,
  OUTCOME_MEANINGS,
  OUTCOME_WORDS,
  STAGE_WORDS,
  type Turn,
  withOutcome,
} from '../drill-words.ts';
import { counted } from '../words.ts';
import { evidenceBlock, lengthOf } from './evidence.ts';
import { severityLabel } from './findings.ts';
import { referenceLink } from './links.ts';
import { bytes, html, type Markup, preformatted } from './markup.ts';
import { type Section, section } from './section.ts';

/** Attacks as articles: what each gains, the dialogue that proves it, and the remedy. `page` keeps names apart where several servers share a page. */
export function attackArticles(attacks: readonly DrillAttack[], page = 'attack'): Markup {
  return html`${attacks.map((attack) => article(attack, page))}`;
}

function article(attack: DrillAttack, page: string): Markup {
  const { attack: name, control, severity, because, gain, outcome, at, references } = attack;
  return html`<article class="finding edge-${severity}" aria-labelledby="${page}-${name}">
<header><p class="finding-tag">${severityLabel(severity)} <code class="rule-id">${name}</code></p>
<h3 id="${page}-${name}">${attack.title}</h3>
<p class="subjects">should be met by <code>${control}</code></p></header>
<p class="why">${gain}</p>
<p class="why"><strong>${capital(OUTCOME_WORDS[outcome])}${at === null ? '' : ` ${STAGE_WORDS[at]}`}:</strong> ${bytes(because, 400)}</p>
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

/** What was met: a row each. */
export function metTable(caption: string, attacks: readonly DrillAttack[]): Markup {
  const rows = attacks.map(
    ({ attack, title, at, because }) =>
      html`<tr role="row"><th scope="row" role="rowheader">${title}<br><code>${attack}</code></th>
<td role="cell">${at === null ? html`<span class="quiet">–</span>` : STAGE_WORDS[at]}</td>
<td role="cell">${bytes(because, 300)}</td></tr>
`,
  );
  return html`<table class="unreached met" role="table"><caption>${caption}</caption>
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Attack</th><th scope="col" role="columnheader">Where</th><th scope="col" role="columnheader">By what</th></tr></thead>
<tbody role="rowgroup">
${rows}</tbody></table>`;
}

/** What was met in one way, or null if nothing was. */
export function metSection(report: DrillReport, outcome: Outcome): Section | null {
  const attacks = withOutcome(report, outcome);
  if (attacks.length === 0) return null;
  const title = capital(OUTCOME_WORDS[outcome]);
  return section(
    outcome,
    title,
    attacks.length,
    OUTCOME_MEANINGS[outcome],
    metTable(`${title}, the gravest first`, attacks),
  );
}

/** What proved nothing, by the reason: many attacks may share one. */
export function notRunSection(report: DrillReport): Section | null {
  const attacks = withOutcome(report, 'not-run');
  if (attacks.length === 0) return null;
  const rows = byReason(attacks).map(
    ({ because, attacks: names }) =>
      html`<tr role="row"><th scope="row" role="rowheader">${bytes(because, 300)}</th>
<td role="cell">${names.map(({ attack }, index) => html`${index > 0 ? ', ' : ''}<code class="word">${attack}</code>`)}</td></tr>
`,
  );
  return section(
    'not-run',
    'Not run',
    attacks.length,
    OUTCOME_MEANINGS['not-run'],
    html`<table class="unreached" role="table"><caption>Attacks that count for neither side, and why</caption>
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Why not</th><th scope="col" role="columnheader">Attacks</th></tr></thead>
<tbody role="rowgroup">
${rows}</tbody></table>`,
  );
}

/** An outcome before and after, told by words and by a mark; colour only repeats them. */
export function turnMarkup({ before, after }: Turn): Markup {
  if (before === null && after === null) return html`<span class="quiet" title="not tried">–</span>`;
  return html`${outcomeMarkup(before)} → <strong>${outcomeMarkup(after)}</strong>`;
}

function outcomeMarkup(outcome: Outcome | null): Markup {
  if (outcome === null || outcome === 'not-run')
    return html`<span class="quiet">${outcome === null ? '–' : OUTCOME_WORDS[outcome]}</span>`;
  return html`<span class="${isMet(outcome) ? 'turn-met' : 'turn-through'}">${OUTCOME_WORDS[outcome]}</span>`;
}
