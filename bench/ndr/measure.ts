import { Readable } from 'node:stream';
import { beginsMbox, splitMbox } from '../../src/apps/mailbox/mbox.ts';
import type { NdrReport } from '../../src/finding/ndr-report.ts';
import { loadBounceWords, loadTelltaleFields } from '../../src/knowledge/load-words.ts';
import { ndrReader } from '../../src/ndr/read.ts';
import { identify } from '../../src/platform/identify.ts';
import { ndrJson } from '../../src/report/ndr-json.ts';
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

/** What a file holds: one message, or several in a mailbox. */
export async function messagesOf(bytes: Buffer): Promise<Buffer[]> {
  if (!beginsMbox(bytes)) return [bytes];
  const found: Buffer[] = [];
  for await (const one of splitMbox(Readable.from([bytes]))) found.push(one);
  return found;
}

/** One reading for all messages of a file: that of the first, with everybody's recipients. */
export function together([first, ...others]: readonly NdrReport[]): NdrReport {
  const report = first as NdrReport;
  if (others.length === 0) return report;
  const { file, isBounce, kind, reporter, reportingHost, original, hops, disclosures } = report;
  const recipients = [report, ...others].flatMap((one) => one.recipients);
  return { file, isBounce, kind, reporter, reportingHost, recipients, original, hops, disclosures };
}

/** Messages in a second of this process's processor time, and the time of one pass over all of them in milliseconds. */
export function perSecond(count: number, pass: () => void): { readonly rate: number; readonly ms: number } {
  const before = process.cpuUsage();
  pass();
  const spent = process.cpuUsage(before);
  const ms = (spent.user + spent.system) / 1000;
  return { rate: Math.round((1000 * count) / ms), ms };
}

/** Passes whose fastest is told: other programs on the machine slow some down, none makes one faster. */
const PASSES = 25;

if (import.meta.main) {
  const [folder = process.env['MAILWARD_CORPORA'], ...show] = process.argv.slice(2);
  if (folder === undefined)
    throw new Error('usage: node bench/ndr/measure.ts CORPORA [bounce|recipient|status|replyCode|reason …]');
  const reader = ndrReader({ words: loadBounceWords(), telltale: loadTelltaleFields(), identify });
  const figures = newFigures();
  const labels = await labelledMessages(folder);
  const messages = await Promise.all(labels.map(({ bytes }) => messagesOf(bytes)));
  for (const [index, label] of labels.entries()) {
    const reports = (messages[index] as Buffer[]).map((bytes) => reader.read(readMessage(bytes), label.id));
    compare(label, together(reports), figures);
  }
  for (const [what, tally] of Object.entries(figures)) console.log(what.padEnd(10), percent(tally));
  const all = messages.flat();
  const whole = () => {
    for (const bytes of all) ndrJson(reader.read(readMessage(bytes), ''));
  };
  const recipientsOnly = () => {
    for (const bytes of all) void reader.read(readMessage(bytes), '').recipients;
  };
  const first = perSecond(all.length, whole);
  const steady = Array.from({ length: PASSES }, () => perSecond(all.length, whole).rate);
  const bare = Array.from({ length: PASSES }, () => perSecond(all.length, recipientsOnly).rate);
  console.log(
    `${all.length} messages of ${labels.length} files; messages a CPU second: ${first.rate} in the first pass,`,
  );
  console.log(`  ${Math.max(...steady)} when warm, ${Math.max(...bare)} if only the recipients are asked for`);
  for (const what of show) for (const line of figures[what as keyof Figures].wrong) console.log(line);
}
