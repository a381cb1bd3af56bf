import type { QuarantineNote } from '../../edge/quarantine.ts';
import { clipped, columnsOf, padded, wrapped } from '../../report/columns.ts';
import { visible, visibleBytes } from '../../report/escape.ts';
import type { Paint } from '../../report/paint.ts';
import type { ReleasedRecipient } from './release.ts';

/** A message in quarantine, as a list and its own page show it. */
export interface QuarantinedView {
  readonly note: QuarantineNote;
  readonly subject: string | null;
  /** Bytes. */
  readonly size: number;
}

/** Recipients that are written out on a page. */
const RECIPIENTS_MOST = 50;
const INDENT = '  ';

/** Two lines a message: what one looks a message up by, and what it is about. */
export function listText(views: readonly QuarantinedView[], width: number, paint: Paint): string {
  if (views.length === 0) return 'nothing is in quarantine\n';
  const lines = views.flatMap(({ note, subject, size }) => {
    const when = note.at.slice(0, 16).replace('T', ' ');
    const first = `${paint.quiet(when)}  ${paint.strong(note.id)}  ${bytesText(size)}, ${rulesText(note)}`;
    const spare = width - INDENT.length;
    const whom = `${senderText(note)} to ${recipientsText(note)}`;
    return [first, `${INDENT}${clipped(whom, spare)}`, `${INDENT}${clipped(subjectText(subject), spare)}`];
  });
  const all = views.reduce((sum, { size }) => sum + size, 0);
  const count = views.length === 1 ? '1 message' : `${views.length} messages`;
  return `${lines.join('\n')}\n\n${count}, ${bytesText(all)}\n`;
}

export interface PageStyle {
  /** What a rule means, by its id. */
  readonly titles: ReadonlyMap<string, string>;
  readonly paint: Paint;
  readonly width: number;
}

/** All that is known of a message. */
export function pageText(
  { note, subject, size }: QuarantinedView,
  fields: readonly string[],
  { titles, paint, width }: PageStyle,
): string {
  const { recipients, hello, peer, score, answer } = note;
  const more = recipients.length > RECIPIENTS_MOST ? [`and ${recipients.length - RECIPIENTS_MOST} more`] : [];
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['id', [note.id]],
    ['time', [note.at.slice(0, 19).replace('T', ' ')]],
    ['peer', [`${visible(peer)} as ${visible(hello)}${note.direction === 'out' ? ', from the inside' : ''}`]],
    ['sender', [senderText(note)]],
    ['recipients', [...recipients.slice(0, RECIPIENTS_MOST).map((one) => visible(one)), ...more]],
    ['subject', [subjectText(subject)]],
    ['size', [bytesText(size)]],
    ['sender heard', [answer === 'accept' ? 'that it was taken (250)' : 'that it was refused (550)']],
    ['why', note.hits.flatMap(({ rule, because }) => whyLines(rule, because, titles.get(rule)))],
    ['score', [String(score)]],
  ];
  const wide = Math.max(...rows.map(([name]) => columnsOf(name)));
  const told = rows.flatMap(([name, values]) =>
    values
      .flatMap((value) => wrapped(value, width - wide - INDENT.length))
      .map((value, at) => `${paint.quiet(padded(at === 0 ? name : '', wide))}  ${value}`),
  );
  const header = fields.flatMap((field) => field.split(/\r?\n/).map((line) => `${INDENT}${visibleBytes(line)}`));
  return `${told.join('\n')}\n\n${paint.quiet('header')}\n${header.join('\n')}\n`;
}

/** What a release came to, a recipient a line. */
export function releaseText(id: string, told: readonly ReleasedRecipient[], paint: Paint): string {
  const all = told.every(({ taken }) => taken);
  const head = all ? paint.good('released') : paint.bad(told.some(({ taken }) => taken) ? 'released in part' : 'kept');
  const lines = told.map(({ address, taken, code, text }) => {
    const word = taken ? paint.good('taken') : paint.bad('not taken');
    return `${INDENT}${visible(address)}: ${word}, ${code === null ? '' : `${code} `}${visible(text)}`;
  });
  return `${head} ${id}\n${lines.join('\n')}\n`;
}

/** A size as a person reads it. */
function bytesText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function senderText({ sender }: QuarantineNote): string {
  return sender === '' ? '<>' : visible(sender);
}

function recipientsText({ recipients }: QuarantineNote): string {
  const [first = '', ...others] = recipients;
  return `${visible(first)}${others.length === 0 ? '' : ` and ${others.length} more`}`;
}

function subjectText(subject: string | null): string {
  return subject === null ? '(no subject)' : visible(subject);
}

function rulesText({ hits }: QuarantineNote): string {
  return [...new Set(hits.map(({ rule }) => rule))].join(', ') || 'no rule';
}

function whyLines(rule: string, because: string, title: string | undefined): string[] {
  return [`${visible(rule)}: ${visible(because)}`, ...(title === undefined ? [] : [title])];
}
