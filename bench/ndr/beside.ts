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
const PASSES = 30;
const PEER_PASSES = 5;

/** Reads all messages by Sisimai, several times: the fastest pass counts, as for us. */
function bySisimai(labels: readonly Labelled[], libraries: readonly string[]): Peer {
  const folder = mkdtempSync(join(tmpdir(), 'mailward-bounces-'));
  try {
    for (const [index, { bytes }] of labels.entries())
      writeFileSync(join(folder, `${String(index).padStart(6, '0')}.eml`), bytes);
    const script = new URL('./sisimai.pl', import.meta.url).pathname;
    const includes = libraries.flatMap((library) => ['-I', library]);
    const run = () => execFileSync('perl', [...includes, script, folder], { encoding: 'utf8', maxBuffer: 1 << 28 });
    const passes = Array.from({ length: PEER_PASSES }, () => readPrinted(run(), labels.length));
    return { found: (passes[0] as Peer).found, seconds: Math.min(...passes.map(({ seconds }) => seconds)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Peer {
  readonly found: readonly Found[];
  /** Processor time of one pass. */
  readonly seconds: number;
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
const peer = bySisimai(labels, path.split(':'));
for (const [index, label] of labels.entries()) {
  const reports = (messages[index] as Buffer[]).map((bytes) => reader.read(readMessage(bytes), label.id));
  compare(label, together(reports), ours);
  compare(label, asReport(label.id, peer.found[index] as Found), theirs);
}
console.log('what'.padEnd(11), 'mailward'.padEnd(22), 'Sisimai');
for (const what of Object.keys(ours) as (keyof Figures)[])
  console.log(what.padEnd(11), percent(ours[what]).padEnd(22), percent(theirs[what]));
const all = messages.flat();
const best = (pass: () => void) => Math.max(...Array.from({ length: PASSES }, () => perSecond(all.length, pass).rate));
const recipients = best(() => {
  for (const bytes of all) void reader.read(readMessage(bytes), '').recipients;
});
const whole = best(() => {
  for (const bytes of all) ndrJson(reader.read(readMessage(bytes), ''));
});
const rate = labels.length / peer.seconds;
const ratio = (mine: number) => `${(mine / rate).toFixed(1)} times`;
console.log(`messages a CPU second: Sisimai ${Math.round(rate)}`);
console.log(`  mailward, recipients only as Sisimai tells them: ${recipients} (${ratio(recipients)})`);
console.log(`  mailward, with hops, reporter and disclosures:   ${whole} (${ratio(whole)})`);
for (const what of show as (keyof Figures)[]) {
  console.log(`${what}: Sisimai right, mailward not:`, difference(ours, theirs, what).join(' ') || 'none');
  console.log(`${what}: mailward right, Sisimai not:`, difference(theirs, ours, what).length);
}
