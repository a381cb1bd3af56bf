import type { Report, ReportEndpoint } from '../../finding/report.ts';
import { columnsOf, padded, wrapped } from '../columns.ts';
import { visible, visibleBytes } from '../escape.ts';
import { certaintyWords, endpointName, productName, STATE_WORDS } from '../words.ts';
import { heading, indented, type Page } from './page.ts';

/** Clues of one identity that are shown without `--verbose`. */
const CLUES_MOST = 3;
/** The widest column of endpoint names; a longer one gets a line of its own. */
const NAMES_WIDEST = 28;

/** The servers in the order senders try them, who answers there, and how that is known. */
export function* serverLines(report: Report, page: Page): Generator<string> {
  if (report.servers.length === 0) return;
  yield* heading('Servers', '', page);
  for (const { name, preference, addresses, endpoints } of report.servers) {
    const [first, ...rest] = wrapped(visible(name, 200), page.width - 20);
    const rank = preference === null ? '' : `  ${page.paint.quiet(`preference ${preference}`)}`;
    yield* indented([page.paint.strong(first!) + rank, ...rest.map(page.paint.strong)], 2);
    if (endpoints.length === 0)
      yield* indented(wrapped(visible(addresses.join(', ')) || 'no address', page.width - 4), 4);
    const names = endpoints.map((endpoint) => visible(endpointName(endpoint), 200));
    const column = Math.min(NAMES_WIDEST, Math.max(0, ...names.map(columnsOf))) + 2;
    for (const [at, endpoint] of endpoints.entries())
      yield* indented(
        beside(names[at]!, column, page.width - 4, [...endpointLines(endpoint, page.width - 4 - column, page)]),
        4,
      );
  }
}

function* endpointLines({ identity, state }: ReportEndpoint, width: number, page: Page): Generator<string> {
  const { paint, verbose } = page;
  const name = productName(identity);
  if (identity === null || name === null) {
    yield* wrapped(state === 'open' ? 'answers; the product could not be told' : STATE_WORDS[state], width).map(
      state === 'open' ? (line) => line : paint.quiet,
    );
  } else {
    const os = identity.os === null ? '' : ` on ${identity.os}`;
    yield* wrapped(visible(name + os, 300), width);
  }
  if (identity === null || identity.because.length === 0) return;
  const clues = verbose ? identity.because : identity.because.slice(0, CLUES_MOST);
  const told = clues.map(({ clue, value }) => `${visible(clue, 60)} "${visibleBytes(value, verbose ? 500 : 80)}"`);
  const more = identity.because.length - clues.length;
  const rest = more > 0 ? `; ${more} more` : '';
  yield* wrapped(`${certaintyWords(identity.certainty)}: ${told.join('; ')}${rest}`, width).map(paint.quiet);
}

/** `label` in a column, `lines` in the next; a label that is too wide stands above. */
function* beside(label: string, column: number, width: number, lines: readonly string[]): Generator<string> {
  const above = columnsOf(label) > column - 2;
  if (above) yield* wrapped(label, width);
  for (const [at, line] of lines.entries()) yield padded(at === 0 && !above ? label : '', column) + line;
}
