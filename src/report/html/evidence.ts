import type { Evidence } from '../../finding/evidence.ts';
import type { Line } from '../../wire/smtp/line.ts';
import { sourceOf } from '../evidence-words.ts';
import { bytes, html, type Markup } from './markup.ts';

/** Lines of one dialogue that are shown; what is beyond is counted. */
const LINES_MOST = 400;

/** How many lines a piece of evidence fills. */
export function lengthOf(evidence: Evidence): number {
  return evidence.kind === 'dialogue' ? evidence.lines.length : 1;
}

/** Quoted evidence: a dialogue with its two sides and times, everything else with its source. */
export function evidenceBlock(evidence: Evidence): Markup {
  if (evidence.kind === 'dialogue') return dialogue(evidence.lines);
  const [source, words] = sourceOf(evidence);
  return html`<figure class="quote"><figcaption>${source}</figcaption><blockquote><code>${bytes(words)}</code></blockquote></figure>
`;
}

function dialogue(lines: readonly Line[]): Markup {
  const shown = lines.slice(0, LINES_MOST);
  const left = lines.length - shown.length;
  return html`<ol class="dialogue">
${shown.map(spoken)}${left > 0 ? html`<li class="quiet">… ${left} more lines</li>` : null}</ol>
`;
}

function spoken({ from, text, at, secure }: Line, index: number, lines: readonly Line[]): Markup {
  const enters = secure === true && lines[index - 1]?.secure !== true;
  return html`${
    enters
      ? html`<li class="inside"><span>inside TLS</span></li>
`
      : null
  }<li class="${from}"><span class="side">${from}</span><code>${bytes(text)}</code><span class="at">${(at / 1000).toFixed(3)} s</span></li>
`;
}
