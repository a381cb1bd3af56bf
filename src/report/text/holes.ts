import type { Vulnerability } from '../../finding/vulnerability.ts';
import { columnsOf, padded, wrapped } from '../columns.ts';
import { visible } from '../escape.ts';
import { sortHoles } from '../order.ts';
import { reachWords, STATUS_WORDS } from '../words.ts';
import { heading, indented, type Page } from './page.ts';

/** Holes that are listed without `--verbose`. */
const PROVEN_MOST = 12;
const POSSIBLE_MOST = 5;

/** Known holes, those that attackers use first, each with what it gives an attacker and what mends it. */
export function* holeLines(holes: readonly Vulnerability[], page: Page): Generator<string> {
  const sorted = sortHoles(holes);
  const of = (status: Vulnerability['status']) => sorted.filter((hole) => hole.status === status);
  const [proven, possible, excluded] = [of('affected'), of('possible'), of('not-affected')];
  if (proven.length + possible.length + (page.verbose ? excluded.length : 0) === 0) return;
  const remark = [
    [proven.length, 'proven by the build'],
    [possible.length, 'possible'],
    [excluded.length, 'not affected'],
  ] as const;
  const counts = remark.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  yield* heading('Known holes', counts.join(' · '), page);
  const [provenMost, possibleMost] = page.verbose ? [Infinity, Infinity] : [PROVEN_MOST, POSSIBLE_MOST];
  const shown = [...proven.slice(0, provenMost), ...possible.slice(0, possibleMost), ...(page.verbose ? excluded : [])];
  const listed = sortHoles(shown);
  const column = Math.min(18, Math.max(...listed.map(({ id }) => columnsOf(visible(id, 60))))) + 2;
  for (const hole of listed) {
    yield '';
    yield* oneHole(hole, column, page);
  }
  const left = proven.length + possible.length - shown.filter(({ status }) => status !== 'not-affected').length;
  if (left > 0) yield* indented(['', page.paint.quiet(`… ${left} more, shown by --verbose`)], 2);
}

function* oneHole(hole: Vulnerability, column: number, page: Page): Generator<string> {
  const { paint } = page;
  const width = page.width - 2 - column;
  const id = visible(hole.id, 60);
  const above = columnsOf(id) > column - 2;
  if (above) yield* indented(wrapped(id, page.width - 2).map(paint.strong), 2);
  const facts = [
    STATUS_WORDS[hole.status],
    hole.cvss === null ? hole.severity : `${hole.severity} ${hole.cvss.toFixed(1)}`,
    reachWords(hole),
  ].join(' · ');
  const style = hole.status === 'not-affected' ? 'info' : hole.knownExploited ? 'critical' : hole.severity;
  for (const [at, line] of wrapped(hole.knownExploited ? `USED BY ATTACKERS · ${facts}` : facts, width).entries())
    yield `  ${at === 0 && !above ? paint.strong(padded(id, column)) : ' '.repeat(column)}${paint.severity(style, line)}`;
  const indent = 2 + column;
  if (hole.gain !== null) yield* indented(wrapped(visible(hole.gain, 300), width), indent);
  yield* indented(
    wrapped(visible(`${hole.product} at ${hole.subject}: ${hole.because}`, 600), width).map(paint.quiet),
    indent,
  );
  const fix =
    hole.fixedIn === null
      ? 'No fix is known: replace it or shut it off from the network.'
      : `Mended in ${hole.fixedIn}.`;
  if (hole.status !== 'not-affected') yield* indented(wrapped(visible(fix, 200), width), indent);
}
