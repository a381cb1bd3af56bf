import type { Unreached } from '../../finding/unreached.ts';
import { REASON_WORDS } from '../words.ts';
import { bytes, html } from './markup.ts';
import { type Section, section } from './section.ts';

/** What could not be looked at, why, and what may help. */
export function unreachedSection(unreached: readonly Unreached[]): Section | null {
  if (unreached.length === 0) return null;
  const rows = unreached.map(({ what, reason, detail }) => {
    const [why, help] = REASON_WORDS[reason];
    return html`<tr role="row"><th scope="row" role="rowheader"><code>${what}</code></th>
<td role="cell">${why}${detail === undefined ? null : html` <span class="quiet">(${bytes(detail, 300)})</span>`}</td>
<td role="cell">${help}</td></tr>
`;
  });
  return section(
    'unreached',
    'Could not be looked at',
    unreached.length,
    'silence proves nothing',
    html`<table class="unreached" role="table"><caption>What stays unknown, and why</caption>
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">What</th><th scope="col" role="columnheader">Why not</th><th scope="col" role="columnheader">What may help</th></tr></thead>
<tbody role="rowgroup">
${rows}</tbody></table>`,
  );
}
