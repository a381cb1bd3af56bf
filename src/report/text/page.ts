import { columnsOf } from '../columns.ts';
import type { Paint } from '../paint.ts';

/** What every section of the text needs to know about the page it is set on. */
export interface Page {
  readonly width: number;
  readonly paint: Paint;
  readonly verbose: boolean;
}

/** The narrowest and widest page: prose wider than this is hard to read. */
const WIDTH_LEAST = 40;
const WIDTH_MOST = 100;

/** Columns of the page on a terminal of `width` columns. */
export function pageWidth(width: number): number {
  return Math.max(WIDTH_LEAST, Math.min(WIDTH_MOST, Math.floor(width) || 80));
}

/** A blank line and the heading of a section, with a quiet remark at the right margin if it fits. */
export function* heading(title: string, remark: string, { width, paint }: Page): Generator<string> {
  yield '';
  const gap = width - columnsOf(title) - columnsOf(remark);
  yield remark === '' || gap < 2
    ? paint.strong(title)
    : `${paint.strong(title)}${' '.repeat(gap)}${paint.quiet(remark)}`;
}

/** Puts `indent` blanks before each line. */
export function* indented(lines: Iterable<string>, indent: number): Generator<string> {
  const blanks = ' '.repeat(indent);
  for (const line of lines) yield line === '' ? '' : blanks + line;
}
