import type { Evidence } from '../../finding/evidence.ts';
import type { Line } from '../../wire/smtp/line.ts';
import { clipped, wrapped } from '../columns.ts';
import { visible, visibleBytes } from '../escape.ts';
import { sourceOf } from '../evidence-words.ts';
import type { Page } from './page.ts';

/** Lines of one dialogue that are shown without `--verbose`: the first, and the last ones, which decide. */
const HEAD = 4;
const TAIL = 3;

/** Quoted evidence: a dialogue as `C:` and `S:` lines, everything else as its source and its words. */
export function* evidenceLines(evidence: Evidence, page: Page): Generator<string> {
  if (evidence.kind === 'dialogue') return yield* dialogueLines(evidence.lines, page);
  const [source, words] = sourceOf(evidence);
  yield* quoteLines(source, words, page);
}

function* dialogueLines(lines: readonly Line[], page: Page): Generator<string> {
  const left = lines.length - HEAD - TAIL;
  if (page.verbose || left <= 1) return yield* spoken(lines, page);
  yield* spoken(lines.slice(0, HEAD), page);
  yield page.paint.quiet(`   … ${left} lines, shown by --verbose`);
  yield* spoken(lines.slice(-TAIL), page);
}

function* spoken(lines: readonly Line[], { width, paint, verbose }: Page): Generator<string> {
  let inside = false;
  for (const { from, text, at, secure } of lines) {
    if (secure === true && !inside) yield paint.quiet(`${' '.repeat(verbose ? 15 : 3)}(inside TLS)`);
    inside = secure === true;
    const mark = from === 'client' ? 'C:' : 'S:';
    const time = verbose ? `${(at / 1000).toFixed(3).padStart(8)} s  ` : '';
    const room = width - time.length - 3;
    const shown = visibleBytes(text, verbose ? undefined : 200);
    for (const [row, line] of (verbose ? wrapped(shown, room) : [clipped(shown, room)]).entries())
      yield row === 0
        ? `${paint.quiet(time + mark)} ${from === 'client' ? paint.quiet(line) : line}`
        : ' '.repeat(time.length + 3) + line;
  }
}

function* quoteLines(source: string, quote: string, { width, paint, verbose }: Page): Generator<string> {
  const label = visible(source, 200);
  const shown = visibleBytes(quote, verbose ? undefined : 300);
  for (const [at, line] of wrapped(`${label} "${shown}"`, width).entries())
    yield at === 0 && line.startsWith(label) ? paint.quiet(label) + line.slice(label.length) : line;
}
