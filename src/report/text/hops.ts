import type { NdrHop } from '../../finding/ndr-report.ts';
import { padded, wrapped } from '../columns.ts';
import { visible } from '../escape.ts';
import { delayWords } from '../words.ts';
import { heading, indented, type Page } from './page.ts';

/** Hops that are listed without `--verbose`; a loop of mail can have hundreds. */
const MOST = 30;
const NUMBER = 4;
const DELAY = 10;

/** The way the message took, first hop first: how long each took, over what, and what is odd about it. */
export function* hopLines(hops: readonly NdrHop[], page: Page): Generator<string> {
  if (hops.length === 0) return;
  const doubtful = hops.filter(({ doubts }) => doubts.length > 0).length;
  yield* heading('The way it took', doubtful === 0 ? '' : `${doubtful} with doubts`, page);
  const shown = page.verbose ? hops : hops.slice(0, MOST);
  for (const [at, hop] of shown.entries()) yield* oneHop(hop, at + 1, page);
  if (shown.length < hops.length) yield page.paint.quiet(`  … ${hops.length - shown.length} more, shown by --verbose`);
}

function* oneHop(hop: NdrHop, number: number, { width, paint, verbose }: Page): Generator<string> {
  const indent = NUMBER + DELAY;
  const room = width - indent;
  const delay = padded(hop.delay === null ? '' : delayWords(hop.delay), DELAY);
  const late = hop.delay !== null && (hop.delay < 0 || hop.delay >= 3600);
  const address = hop.address === null ? '' : ` [${hop.address}]`;
  const way = `${hop.from ?? (hop.address === null ? 'made here' : '')}${address} → ${hop.by ?? 'unknown'}`;
  for (const [row, line] of wrapped(visible(way.trim(), 400), room).entries()) {
    const lead =
      row === 0 ? `${String(number).padStart(3)} ${late ? paint.warn(delay) : paint.quiet(delay)}` : ' '.repeat(indent);
    yield lead + line;
  }
  // Exchange writes its version where others write a queue id.
  const id = verbose && hop.id !== null && hop.software?.endsWith(hop.id) !== true ? hop.id : null;
  const at = verbose ? (hop.at?.replace('T', ' ').replace(/\.\d+Z$/, ' UTC') ?? null) : null;
  const facts = [hop.with, hop.tls, hop.software, id, at];
  const said = facts.filter((fact) => fact !== null && fact !== '').join(' · ');
  if (said !== '') yield* indented(wrapped(visible(said, 400), room).map(paint.quiet), indent);
  for (const doubt of hop.doubts) yield* indented(wrapped(`! ${visible(doubt, 400)}`, room).map(paint.warn), indent);
}
