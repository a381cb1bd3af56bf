import type { NdrReport } from '../../src/finding/ndr-report.ts';
import { loadBounceWords, loadTelltaleFields } from '../../src/knowledge/load-words.ts';
import { ndrReader } from '../../src/ndr/read.ts';
import { identify } from '../../src/platform/identify.ts';
import { readMessage } from '../../src/wire/mime/message.ts';
import { type Labelled, labelledMessages } from './labels.ts';

/** Counts what is right of what somebody asserted; `wrong` names the rest. */
export interface Tally {
  asserted: number;
  right: number;
  readonly wrong: string[];
}

export type Figures = Readonly<Record<'bounce' | 'recipient' | 'status' | 'replyCode' | 'reason', Tally>>;

export function newFigures(): Figures {
  const tally = (): Tally => ({ asserted: 0, right: 0, wrong: [] });
  return { bounce: tally(), recipient: tally(), status: tally(), replyCode: tally(), reason: tally() };
}

/** Compares a reading with its labels. Recipients are found by address, else by their place. */
export function compare(label: Labelled, report: NdrReport, figures: Figures): void {
  if (label.isBounce !== undefined)
    mark(figures.bounce, label.isBounce === report.isBounce, `${label.id}: ${label.isBounce} but ${report.kind}`);
  for (const [index, wanted] of label.recipients.entries()) {
    const found =
      report.recipients.find((one) => one.address.toLowerCase() === wanted.address?.toLowerCase()) ??
      report.recipients.find((one) => one.originalAddress?.toLowerCase() === wanted.address?.toLowerCase());
    const given = found ?? report.recipients[index];
    const name = `${label.id}[${index}]`;
    if (wanted.address !== undefined)
      mark(
        figures.recipient,
        found !== undefined,
        `${name}: ${wanted.address} but ${report.recipients.map((one) => one.address)}`,
      );
    if (wanted.status !== undefined)
      mark(figures.status, given?.status === wanted.status, `${name}: ${wanted.status} but ${given?.status}`);
    if (wanted.replyCode !== undefined)
      mark(
        figures.replyCode,
        given?.replyCode === wanted.replyCode,
        `${name}: ${wanted.replyCode} but ${given?.replyCode}`,
      );
    if (wanted.reason !== undefined)
      mark(
        figures.reason,
        given?.reason === wanted.reason,
        `${name}: ${wanted.reason} but ${given?.reason} ${given?.status} ${given?.replyCode} | ${given?.diagnostic?.slice(0, 160)}`,
      );
  }
}

function mark(tally: Tally, right: boolean, what: string): void {
  tally.asserted++;
  if (right) tally.right++;
  else tally.wrong.push(what);
}

export function percent(tally: Tally): string {
  return `${((100 * tally.right) / Math.max(1, tally.asserted)).toFixed(2)} % (${tally.right}/${tally.asserted})`;
}

if (import.meta.main) {
  const [folder = process.env['MAILWARD_CORPORA'], ...show] = process.argv.slice(2);
  if (folder === undefined)
    throw new Error('usage: node bench/ndr/measure.ts CORPORA [bounce|recipient|status|replyCode|reason …]');
  const reader = ndrReader({ words: loadBounceWords(), telltale: loadTelltaleFields(), identify });
  const figures = newFigures();
  const labels = await labelledMessages(folder);
  const before = process.cpuUsage();
  const reports = labels.map((label) => reader.read(readMessage(label.bytes), label.id));
  const spent = process.cpuUsage(before);
  for (const [index, label] of labels.entries()) compare(label, reports[index] as NdrReport, figures);
  for (const [what, tally] of Object.entries(figures)) console.log(what.padEnd(10), percent(tally));
  console.log(
    `${labels.length} messages, ${Math.round(labels.length / ((spent.user + spent.system) / 1e6))} a CPU second`,
  );
  for (const what of show) for (const line of figures[what as keyof Figures].wrong) console.log(line);
}
