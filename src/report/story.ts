import { columnsOf, padded, wrapped } from './columns.ts';
import { visible, visibleBytes } from './escape.ts';
import { type Paint, paintBox } from './paint.ts';
import { pageWidth } from './text/page.ts';

/** Something that is told step by step on a terminal, such as the attacker's first day in the demo. Unescaped: rendering escapes it. */
export interface StoryStep {
  readonly title: string;
  readonly lines: readonly StoryLine[];
}

export type StoryMark = 'good' | 'bad' | 'warn';

export type StoryLine =
  /** A sentence or two. With a mark it is an outcome. */
  | { readonly kind: 'text'; readonly text: string; readonly mark?: StoryMark }
  /** A name and what is so about it; facts of one step share their columns. */
  | { readonly kind: 'fact'; readonly name: string; readonly value: string; readonly mark?: StoryMark }
  /** A quoted line of a dialogue, one character a byte. */
  | { readonly kind: 'said'; readonly from: 'client' | 'server'; readonly text: string }
  /** Rows under a head. Where they do not fit side by side, each row is a list of `head: cell`. */
  | {
      readonly kind: 'table';
      readonly head: readonly [string, ...string[]];
      readonly rows: readonly { readonly cells: readonly [string, ...string[]]; readonly mark?: StoryMark }[];
    }
  /** Ready to paste: never broken. */
  | { readonly kind: 'command'; readonly text: string };

export interface StoryOptions {
  readonly width?: number;
  readonly colour?: boolean;
}

const MARKS: Readonly<Record<StoryMark, string>> = { good: '✓', bad: '✗', warn: '!' };
/** Where the text of a step begins, and what stands under it. */
const INDENT = 4;
/** The widest column of names; a longer name is wrapped. */
const NAMES_WIDEST = 30;

/** All steps, numbered, each after a blank line. */
export function* renderStory(steps: Iterable<StoryStep>, options: StoryOptions = {}): Generator<string> {
  let number = 0;
  for (const step of steps) yield* renderStep(step, ++number, options);
}

/** One step, so that a story can be told while it happens. */
export function* renderStep(
  { title, lines }: StoryStep,
  number: number,
  { width = 80, colour = false }: StoryOptions = {},
): Generator<string> {
  const paint = paintBox(colour);
  const room = pageWidth(width) - INDENT;
  const blank = ' '.repeat(INDENT);
  yield '';
  for (const [row, line] of wrapped(visible(title, 300), room).entries())
    yield row === 0
      ? `${paint.quiet(padded(String(number).padStart(2), INDENT))}${paint.strong(line)}`
      : blank + paint.strong(line);
  const names = lines.flatMap((line) => (line.kind === 'fact' ? [columnsOf(visible(line.name, 200))] : []));
  const column = Math.min(NAMES_WIDEST, Math.floor(room / 2), Math.max(0, ...names));
  for (const line of lines) for (const row of lineRows(line, column, room, paint)) yield blank + row;
}

function* lineRows(line: StoryLine, column: number, room: number, paint: Paint): Generator<string> {
  switch (line.kind) {
    case 'text':
      return yield* marked(line.mark, wrapped(visible(line.text), room - (line.mark === undefined ? 0 : 2)), paint);
    case 'fact': {
      const names = wrapped(visible(line.name, 200), column);
      const values = wrapped(visible(line.value), room - column - 4);
      const rows = Array.from({ length: Math.max(names.length, values.length) }, (_, at) => {
        const value = values[at] ?? '';
        return `${paint.quiet(padded(names[at] ?? '', column))}  ${value}`;
      });
      return yield* marked(line.mark, rows, paint, '  ');
    }
    case 'said': {
      const client = line.from === 'client';
      for (const [at, row] of wrapped(visibleBytes(line.text, 500), room - 5).entries())
        yield `  ${at === 0 ? paint.quiet(client ? 'C: ' : 'S: ') : '   '}${client ? paint.quiet(row) : row}`;
      return;
    }
    case 'table':
      return yield* tableRows(line, room, paint);
    case 'command':
      yield `  ${paint.strong(visible(line.text))}`;
  }
}

type Table = Extract<StoryLine, { kind: 'table' }>;

/** Blanks between two columns. */
const GAP = '  ';

function* tableRows({ head, rows }: Table, room: number, paint: Paint): Generator<string> {
  const shown = [{ cells: head }, ...rows].map(({ cells }) => cells.map((cell) => visible(cell, 200)));
  const widths = head.map((_, column) => Math.max(...shown.map((cells) => columnsOf(cells[column] ?? ''))));
  const fits = widths.reduce((sum, one) => sum + one + GAP.length, 0) <= room;
  for (const [at, cells] of shown.entries()) {
    const mark = at === 0 ? undefined : rows[at - 1]?.mark;
    if (fits) {
      const row = cells
        .map((cell, column) => padded(cell, widths[column] ?? 0))
        .join(GAP)
        .trimEnd();
      yield* marked(mark, [at === 0 ? paint.quiet(row) : row], paint, GAP);
    } else if (at > 0) {
      const [name = '', ...others] = cells;
      yield* marked(mark, wrapped(name, room - 2), paint, GAP);
      for (const [column, cell] of others.entries())
        for (const row of wrapped(`${shown[0]?.[column + 1] ?? ''}: ${cell}`, room - 4)) yield `    ${row}`;
    }
  }
}

function* marked(mark: StoryMark | undefined, rows: readonly string[], paint: Paint, unmarked = ''): Generator<string> {
  const painted = mark === undefined ? unmarked : `${paintMark(mark, paint)} `;
  for (const [at, row] of rows.entries()) yield (at === 0 ? painted : mark === undefined ? unmarked : '  ') + row;
}

function paintMark(mark: StoryMark, paint: Paint): string {
  if (mark === 'good') return paint.good(MARKS.good);
  return mark === 'bad' ? paint.bad(MARKS.bad) : paint.warn(MARKS.warn);
}
