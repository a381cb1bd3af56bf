/**
 * Reads every file of the corpora cut at every 64th byte, all places of all files: `node bench/mime/cut.ts CORPORA`. Each piece must end in a table of parts
 * inside its bytes, in leaves and, where it comes from the bounces, in a report; TNEF files in their attachments. Prints what fails or takes long. The tests
 * do the same at a bounded number of places (`test/corpus/mime-cut.test.ts`, `ndr-labels.test.ts`).
 */
import { loadBounceWords, loadTelltaleFields } from '../../src/knowledge/load-words.ts';
import { ndrReader } from '../../src/ndr/read.ts';
import { identify } from '../../src/platform/identify.ts';
import { ndrJson } from '../../src/report/ndr-json.ts';
import { leavesOf } from '../../src/wire/mime/leaves.ts';
import { readMessage } from '../../src/wire/mime/message.ts';
import { readTnef } from '../../src/wire/tnef/tnef.ts';
import { rows } from '../ndr/labels.ts';

const STEP = 64;
/** Processor time of one piece that counts as a hang, in milliseconds. */
const TOO_LONG = 1000;

const reader = ndrReader({ words: loadBounceWords(), telltale: loadTelltaleFields(), identify });

function readParts(piece: Buffer): void {
  const message = readMessage(piece);
  for (const part of message.parts)
    if (part.bodyStart > part.bodyEnd || part.bodyEnd > part.source.length)
      throw new Error(`part ${part.index} outside`);
  for (const leaf of leavesOf(message, () => {})) if (leaf.bytes.length < 0) throw new Error('unreachable');
}

function readBounce(piece: Buffer): void {
  readParts(piece);
  JSON.stringify(ndrJson(reader.read(readMessage(piece), 'cut')));
}

const SETS: readonly (readonly [set: string, read: (piece: Buffer) => void])[] = [
  ['tnef/tnef', (piece) => void readTnef(piece)],
  ['mime/messages', readParts],
  ['mime/bad_mime_noxxi', readParts],
  ['ndr/sisimai', readBounce],
  ['ndr/flufl', readBounce],
  ['ndr/bounceparser', readBounce],
  ['ndr/misc', readBounce],
];

const [folder = process.env['MAILWARD_CORPORA']] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node bench/mime/cut.ts CORPORA');
for (const [set, read] of SETS) {
  let files = 0;
  let pieces = 0;
  let failed = 0;
  let slowest = 0;
  for await (const { id, raw } of rows<{ readonly id: string; readonly raw: string }>(`${folder}/${set}.jsonl.gz`)) {
    const bytes = Buffer.from(raw, 'latin1');
    files++;
    for (let end = 0; end < bytes.length + STEP; end += STEP) {
      const piece = bytes.subarray(0, end);
      const before = process.cpuUsage();
      pieces++;
      try {
        read(piece);
      } catch (error) {
        failed++;
        console.log(`${set} ${id} cut at ${end}: ${error}`);
      }
      const { user, system } = process.cpuUsage(before);
      const ms = (user + system) / 1000;
      slowest = Math.max(slowest, ms);
      if (ms > TOO_LONG) console.log(`${set} ${id} cut at ${end}: ${Math.round(ms)} ms`);
    }
  }
  console.log(`${set}: ${files} files, ${pieces} pieces, ${failed} failed, slowest ${Math.round(slowest)} ms`);
}
