/**
 * Reads the labelled bounces with mailward and with Sisimai (Perl), in one run: `node bench/ndr/beside.ts CORPORA --peer LIB[:LIB…]`, where each LIB is a
 * folder of Perl modules (of Sisimai and of what it needs). Prints what each has right, how fast each is on one core, and what only the other has right.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BounceReason, NdrRecipient, NdrReport } from '../../src/finding/ndr-report.ts';
import { loadBounceWords, loadTelltaleFields } from '../../src/knowledge/load-words.ts';
import { ndrReader } from '../../src/ndr/read.ts';
import { identify } from '../../src/platform/identify.ts';
import { ndrJson } from '../../src/report/ndr-json.ts';
import { readMessage } from '../../src/wire/mime/message.ts';
import { currentReason, type Labelled, labelledMessages } from './labels.ts';
import { compare, type Figures, messagesOf, newFigures, percent, perSecond, together } from './measure.ts';

/** What Sisimai finds in one file. */
type Found = readonly NdrRecipient[];

/** Reasons for which Sisimai says that a message is no bounce. */
const NO_BOUNCE: ReadonlySet<string> = new Set(['delivered', 'vacation', 'feedback']);
/** Rounds in which both read everything, one right after the other: other programs on the machine slow both, so each round has a ratio of its own. */
const ROUNDS = 7;
/** Passes of ours in a round, so that it lasts about as long as one of Sisimai's. */
const PASSES = 8;
/** Passes before the first round: the engine goes on compiling what it runs for some fifty, and what is told is the speed in a long run. */
const WARM_PASSES = 60;

interface Peer {
  readonly found: readonly Found[];
  /** Processor time of one pass. */
  readonly seconds: number;
}

/** Sisimai over the messages, as a pass that can be run again; dispose of it afterwards. */
function sisimaiOver(
  labels: readonly Labelled[],
  libraries: readonly string[],
): { pass(): Peer; [Symbol.dispose](): void } {
  const folder = mkdtempSync(join(tmpdir(), 'mailward-bounces-'));
  for (const [index, { bytes }] of labels.entries())
    writeFileSync(join(folder, `${String(index).padStart(6, '0')}.eml`), bytes);
  const script = new URL('./sisimai.pl', import.meta.url).pathname;
  const includes = libraries.flatMap((library) => ['-I', library]);
  return {
    pass: () =>
      readPrinted(
        execFileSync('perl', [...includes, script, folder], { encoding: 'utf8', maxBuffer: 1 << 28 }),
        labels.length,
      ),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

function readPrinted(printed: string, count: number): Peer {
  const found: NdrRecipient[][] = Array.from({ length: count }, () => []);
  let seconds = 0;
  for (const line of printed.split('\n')) {
    const [file = '', address = '', status = '', code = '', reason = ''] = line.split('\t');
    if (file === 'cpu') seconds = Number(address);
    else if (file !== '') found[Number(/(\d+)\.eml$/.exec(file)?.[1])]?.push(recipient(address, status, code, reason));
  }
  return { found, seconds };
}

function recipient(address: string, status: string, replyCode: string, reason: string): NdrRecipient {
  return {
    address,
    originalAddress: null,
    action: reason === 'delivered' ? 'delivered' : 'failed',
    status: status === '' ? null : status,
    replyCode: replyCode === '' ? null : replyCode,
    reason: currentReason(reason) as BounceReason,
    diagnostic: null,
    remoteHost: null,
    lhost: null,
  };
}

/** What Sisimai says in the shape of our own reports, so that one function compares both. */
function asReport(file: string, found: Found): NdrReport {
  const isBounce = found.some(({ reason, action }) => action === 'failed' && !NO_BOUNCE.has(reason));
  return {
    file,
    isBounce,
    kind: isBounce ? 'failure' : 'mail',
    reporter: null,
    reportingHost: null,
    recipients: found,
    original: null,
    hops: [],
    disclosures: [],
  };
}

function difference(mine: Figures, theirs: Figures, what: keyof Figures): string[] {
  const idOf = (line: string) => line.slice(0, line.indexOf(': '));
  const wrongHere = new Set(mine[what].wrong.map(idOf));
  const wrongThere = new Set(theirs[what].wrong.map(idOf));
  return [...wrongHere].filter((id) => !wrongThere.has(id));
}

const [folder = process.env['MAILWARD_CORPORA'], flag, path, ...show] = process.argv.slice(2);
if (folder === undefined || flag !== '--peer' || path === undefined)
  throw new Error(
    'usage: node bench/ndr/beside.ts CORPORA --peer LIB[:LIB…] [bounce|recipient|status|replyCode|reason …]',
  );
const reader = ndrReader({ words: loadBounceWords(), telltale: loadTelltaleFields(), identify });
const labels = await labelledMessages(folder);
const messages = await Promise.all(labels.map(({ bytes }) => messagesOf(bytes)));
const ours = newFigures();
const theirs = newFigures();
using sisimai = sisimaiOver(labels, path.split(':'));
const peer = sisimai.pass();
for (const [index, label] of labels.entries()) {
  const reports = (messages[index] as Buffer[]).map((bytes) => reader.read(readMessage(bytes), label.id));
  compare(label, together(reports), ours);
  compare(label, asReport(label.id, peer.found[index] as Found), theirs);
}
console.log('what'.padEnd(11), 'mailward'.padEnd(22), 'Sisimai');
for (const what of Object.keys(ours) as (keyof Figures)[])
  console.log(what.padEnd(11), percent(ours[what]).padEnd(22), percent(theirs[what]));
const all = messages.flat();
/** Messages a CPU second over some passes. */
const rateOf = (read: (bytes: Buffer) => void, passes = PASSES) =>
  perSecond(all.length * passes, () => {
    for (let pass = 0; pass < passes; pass++) for (const bytes of all) read(bytes);
  }).rate;
const middle = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] as number;
console.log(`messages a CPU second, the middle of ${ROUNDS} rounds:`);
// One after the other, as one who wants only recipients never runs the rest.
for (const [name, read] of [
  ['recipients only, as Sisimai tells them', (bytes: Buffer) => void reader.read(readMessage(bytes), '').recipients],
  ['with hops, reporter and disclosures', (bytes: Buffer) => void ndrJson(reader.read(readMessage(bytes), ''))],
] as const) {
  rateOf(read, WARM_PASSES);
  const rounds = Array.from({ length: ROUNDS }, () => ({
    theirs: labels.length / sisimai.pass().seconds,
    ours: rateOf(read),
  }));
  const ratios = rounds.map(({ theirs, ours }) => ours / theirs).toSorted((a, b) => a - b);
  const [least, most] = [ratios[0], ratios.at(-1)].map((ratio) => (ratio as number).toFixed(1));
  const [ours, theirs] = [rounds.map((round) => round.ours), rounds.map((round) => round.theirs)].map(middle);
  console.log(
    `  ${name}: ${Math.round(ours as number)}, Sisimai ${Math.round(theirs as number)}: ${middle(ratios).toFixed(1)} times (${least} to ${most})`,
  );
}
for (const what of show as (keyof Figures)[]) {
  console.log(`${what}: Sisimai right, mailward not:`, difference(ours, theirs, what).join(' ') || 'none');
  console.log(`${what}: mailward right, Sisimai not:`, difference(theirs, ours, what).length);
}
