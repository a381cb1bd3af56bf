import type { Vulnerability } from '../../finding/vulnerability.ts';
import { sortHoles } from '../order.ts';
import { counted, reachWords, STATUS_WORDS } from '../words.ts';
import { severityLabel } from './findings.ts';
import { referenceLink } from './links.ts';
import { html, type Markup } from './markup.ts';
import { type Section, section } from './section.ts';

/** Known holes, those that attackers use first, each with its gain and its fix; what a fix excludes stands apart. */
export function holesSection(holes: readonly Vulnerability[]): Section | null {
  if (holes.length === 0) return null;
  const sorted = sortHoles(holes);
  const open = sorted.filter(({ status }) => status !== 'not-affected');
  const excluded = sorted.filter(({ status }) => status === 'not-affected');
  const proven = open.filter(({ status }) => status === 'affected').length;
  const remark = [
    proven > 0 ? `${proven} proven by the build` : '',
    open.length > proven ? `${open.length - proven} possible` : '',
    excluded.length > 0 ? `${excluded.length} not affected` : '',
  ].filter((part) => part !== '');
  return section(
    'holes',
    'Known holes',
    open.length,
    remark.join(' · '),
    html`${open.length === 0 ? html`<p>No known hole of what was recognised is open here.</p>` : table('Known holes, the most urgent first', open)}
${
  excluded.length === 0
    ? null
    : html`<details class="excluded"><summary>${counted(excluded.length, 'hole does', 'holes do')} not apply</summary>
${table('Known holes that do not apply, and why', excluded)}</details>`
}`,
  );
}

function table(caption: string, holes: readonly Vulnerability[]): Markup {
  return html`<table class="holes" role="table"><caption>${caption}</caption>
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Hole</th><th scope="col" role="columnheader">What an attacker gains</th><th scope="col" role="columnheader">Severity</th><th scope="col" role="columnheader">Mended in</th></tr></thead>
<tbody role="rowgroup">
${holes.map(row)}</tbody></table>`;
}

function row(hole: Vulnerability): Markup {
  const fix =
    hole.fixedIn === null ? html`<span class="quiet">no fix known</span>` : html`<code>${hole.fixedIn}</code>`;
  return html`<tr role="row" class="status-${hole.status}"><th scope="row" role="rowheader"><span class="hole-id">${referenceLink(hole.id)}</span>
<span class="status">${STATUS_WORDS[hole.status]}</span>${hole.knownExploited ? html` <span class="exploited">used by attackers</span>` : null}</th>
<td role="cell">${hole.gain === null ? null : html`<p>${hole.gain}</p>`}<p class="quiet">${hole.product} at <code>${hole.subject}</code>, ${reachWords(hole)}. ${hole.because}</p></td>
<td role="cell"><span class="cell-label" aria-hidden="true">Severity</span>${severityLabel(hole.severity)}${hole.cvss === null ? null : html` <span class="cvss">${hole.cvss.toFixed(1)}</span>`}</td>
<td role="cell"><span class="cell-label" aria-hidden="true">Mended in</span>${fix}</td></tr>
`;
}
