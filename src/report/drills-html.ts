import type { DrillReport } from '../finding/drill-report.ts';
import { capital, compareDrills, type DrillPair, pairsHeadline, withOutcome } from './drill-words.ts';
import { attackArticles, metTable, turnMarkup } from './html/drill-sections.ts';
import { html, type Markup } from './html/markup.ts';
import { type Section, section } from './html/section.ts';
import { sheetOf } from './html/sheet.ts';
import { timeWords } from './words.ts';

/** Drills of several servers, before and after, on one self-contained page: the table, then what got through and what met it, server by server. */
export function renderDrillsHtml(pairs: readonly [DrillPair, ...DrillPair[]]): string {
  const [{ before, after }] = pairs;
  return sheetOf(
    'Drills, before and after · mailward',
    masthead(pairs),
    [comparison(pairs), ...pairs.flatMap(serverSections)].filter((one) => one !== null),
    html`<p>Made by mailward, ${timeWords(after.finishedAt)}. Authorised by ${before.authorised}. Your own server, seen the same way:</p>
<pre class="paste">mailward drill localhost:25 --authorised "…"</pre>`,
  );
}

function masthead(pairs: readonly [DrillPair, ...DrillPair[]]): Markup {
  const scores = pairs.map(
    ({
      name,
      before,
      after,
    }) => html`<li><strong>${capital(name)}:</strong> ${before.score} → ${after.score} of 100</li>
`,
  );
  return html`<header class="masthead">
<div class="masthead-line"><p class="brand">mailward</p><p class="when">${timeWords(pairs[0].before.startedAt)} · <span title="harmless attacks, authorised by the owner">drills</span></p></div>
<div class="masthead-title"><h1>Before and after</h1></div>
<p class="headline">${pairsHeadline(pairs)}</p>
<ul class="lead scores">
${scores}</ul>
</header>`;
}

function comparison(pairs: readonly DrillPair[]): Section {
  const rows = compareDrills(pairs).map(
    ({ attack, title, turns }) =>
      html`<tr role="row"><th scope="row" role="rowheader">${title}<br><code>${attack}</code></th>
${turns.map(
  (turn, index) =>
    html`<td role="cell"><span class="cell-label" aria-hidden="true">${capital(pairs[index]?.name ?? '')}</span>${turnMarkup(turn)}</td>`,
)}</tr>
`,
  );
  return section(
    'compared',
    'The same attacks, twice',
    null,
    'bare → behind the edge',
    html`<table class="unreached turns" role="table"><caption>What each attack came to, bare and behind the edge; what has a dash was not tried there</caption>
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Attack</th>${pairs.map(({ name }) => html`<th scope="col" role="columnheader">${capital(name)}</th>`)}</tr></thead>
<tbody role="rowgroup">
${rows}</tbody></table>`,
  );
}

function serverSections({ name, before, after }: DrillPair, index: number): readonly (Section | null)[] {
  const id = `server-${index}`;
  const met = withOutcome(after, 'contained', 'stopped');
  return [
    throughSection(`${id}-bare`, `${capital(name)}: what got through`, 'bare', before),
    throughSection(`${id}-still`, `${capital(name)}: what still gets through`, 'behind the edge', after),
    met.length === 0
      ? null
      : section(
          `${id}-met`,
          `${capital(name)}: what the edge met`,
          met.length,
          'behind the edge',
          metTable('Where, and in which words, the edge said no', met),
        ),
  ];
}

function throughSection(id: string, title: string, remark: string, report: DrillReport): Section | null {
  const attacks = withOutcome(report, 'harmed', 'passed');
  return attacks.length === 0 ? null : section(id, title, attacks.length, remark, attackArticles(attacks, id));
}
