import type { Unreached } from '../../finding/unreached.ts';
import { columnsOf, padded, wrapped } from '../columns.ts';
import { visible, visibleBytes } from '../escape.ts';
import { REASON_WORDS } from '../words.ts';
import { heading, indented, type Page } from './page.ts';

/** Lines that are listed without `--verbose`. */
const MOST = 12;
const NAMES_WIDEST = 34;

/** What could not be looked at, why, and what may help. */
export function* unreachedLines(unreached: readonly Unreached[], page: Page): Generator<string> {
  if (unreached.length === 0) return;
  yield* heading('Could not be looked at', '', page);
  const shown = page.verbose ? unreached : unreached.slice(0, MOST);
  const names = shown.map(({ what }) => visible(what, 200));
  const widest = Math.min(NAMES_WIDEST, Math.floor(page.width / 2) - 4);
  const column = Math.min(widest, Math.max(...names.map(columnsOf))) + 2;
  for (const [at, { reason, detail }] of shown.entries()) {
    const name = names[at]!;
    const above = columnsOf(name) > column - 2;
    if (above) yield* indented(wrapped(name, page.width - 2), 2);
    const [why, what] = REASON_WORDS[reason];
    const said = detail === undefined ? '' : ` (${visibleBytes(detail, 300)})`;
    const lines = wrapped(`${why}${said}: ${what}`, page.width - 2 - column);
    for (const [row, line] of lines.entries()) yield `  ${padded(row === 0 && !above ? name : '', column)}${line}`;
  }
  if (shown.length < unreached.length)
    yield page.paint.quiet(`  … ${unreached.length - shown.length} more, shown by --verbose`);
}
