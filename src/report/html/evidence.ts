import type { Evidence } from '../../finding/evidence.ts';
import type { Line } from '../../wire/smtp/line.ts';
import { bytes, html, type Markup } from './markup.ts';

/** Lines of one dialogue that are shown; what is beyond is counted. */
const LINES_MOST = 400;

/** How many lines a piece of evidence fills. */
export function lengthOf(evidence: Evidence): number {
  return evidence.kind === 'dialogue' ? evidence.lines.length : 1;
}

/** Quoted evidence: a dialogue with its two sides and times, everything else with its source. */
export function evidenceBlock(evidence: Evidence): Markup {
  switch (evidence.kind) {
    case 'dialogue':
      return dialogue(evidence.lines);
    case 'record':
      return quote(html`<code>${evidence.name}</code> ${evidence.type}`, evidence.data);
    case 'header':
      return quote(html`<code>${evidence.field}</code>`, evidence.value);
    case 'http':
      return quote(html`<code>${evidence.url}</code> ${evidence.status}`, evidence.quote);
    case 'tls':
      return quote(html`TLS of <code>${evidence.host}</code>`, evidence.quote);
    case 'file':
      return quote(html`<code>${evidence.path}</code>`, evidence.quote);
  }
}

function dialogue(lines: readonly Line[]): Markup {
  const shown = lines.slice(0, LINES_MOST);
  const left = lines.length - shown.length;
  return html`<ol class="dialogue">
${shown.map(spoken)}${left > 0 ? html`<li class="quiet">… ${left} more lines</li>` : null}</ol>
`;
}

function spoken({ from, text, at }: Line): Markup {
  return html`<li class="${from}"><span class="side">${from}</span><code>${bytes(text)}</code><span class="at">${(at / 1000).toFixed(3)} s</span></li>
`;
}

function quote(source: Markup, text: string): Markup {
  return html`<figure class="quote"><figcaption>${source}</figcaption><blockquote><code>${bytes(text)}</code></blockquote></figure>
`;
}
