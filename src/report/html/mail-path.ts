import type { Identity } from '../../finding/identity.ts';
import type { Report, ReportEndpoint, ReportServer } from '../../finding/report.ts';
import { certaintyWords, endpointName, productName, STATE_WORDS } from '../words.ts';
import { bytes, html, type Markup } from './markup.ts';
import { type Section, section } from './section.ts';

/** The way a letter takes: the target, its servers in the order senders try them, and who answers at each address. */
export function pathSection(report: Report): Section | null {
  if (report.servers.length === 0) return null;
  return section(
    'path',
    'The way to the mailbox',
    report.servers.length,
    '',
    html`<div class="path">
<p class="path-domain">${report.target}</p>
<ol class="path-servers">
${report.servers.map(serverItem)}</ol>
</div>`,
  );
}

function serverItem({ name, preference, addresses, endpoints }: ReportServer): Markup {
  const rank =
    preference === null ? null : html`<span class="rank"><span class="aside">preference </span>${preference}</span> `;
  const items = endpoints.map(endpointItem);
  const nobody = html`<li class="endpoint quiet">${addresses.length === 0 ? 'no address' : addresses.join(', ')}</li>
`;
  return html`<li class="path-server"><p class="path-name">${rank}<strong>${name}</strong></p>
<ul class="path-endpoints">
${items.length === 0 ? nobody : items}</ul></li>
`;
}

function endpointItem(endpoint: ReportEndpoint): Markup {
  const { state, identity } = endpoint;
  const name = productName(identity);
  const told = identity !== null && name !== null ? known(identity, name) : unknown(state);
  return html`<li class="endpoint state-${state}"><code class="address">${endpointName(endpoint)}</code>
<div>${told}</div></li>
`;
}

function unknown(state: ReportEndpoint['state']): Markup {
  return state === 'open'
    ? html`<p>answers; the product could not be told</p>`
    : html`<p class="quiet">${STATE_WORDS[state]}</p>`;
}

function known(identity: Identity, name: string): Markup {
  const { os, certainty, because } = identity;
  const clues = because.map(
    ({ clue, value }) => html`<li>${clue}: <q>${bytes(value, 500)}</q></li>
`,
  );
  return html`<p><strong>${name}</strong>${os === null ? null : ` on ${os}`}</p>
<details><summary>${certaintyWords(certainty)}: how it is known</summary><ul class="clues">
${clues}</ul></details>`;
}
