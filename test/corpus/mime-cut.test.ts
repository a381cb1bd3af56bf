/**
 * Every message and TNEF file of the corpora, broken off at every 64th byte: it must be read as far as it goes, in bounded time, whole or in
 * pieces alike. Registers only where `MAILWARD_CORPORA` names the corpora.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leavesOf } from '../../src/wire/mime/leaves.ts';
import { readMessage } from '../../src/wire/mime/message.ts';
import { readTnef } from '../../src/wire/tnef/tnef.ts';
import { bytesOf, corpora, type RawRecord, records } from './mime-samples.ts';

const STEP = 64;
/** The longest that one reading may take, on a machine that does other things as well. */
const SLOWEST = 500;
const SETS = [
  'mime/messages.jsonl.gz',
  'mime/bad_mime_noxxi.jsonl.gz',
  'ndr/sisimai.jsonl.gz',
  'ndr/flufl.jsonl.gz',
  'ndr/bounceparser.jsonl.gz',
  'ndr/misc.jsonl.gz',
];
/** Beyond this size the cuts are farther apart, so that the work stays linear. */
const CUTS_MAX = 1000;

/** The pieces from the beginning to each cut. */
function* cuts(bytes: Buffer): Generator<Buffer> {
  const step = STEP * Math.ceil(bytes.length / STEP / CUTS_MAX);
  for (let end = step; end < bytes.length; end += step) yield bytes.subarray(0, end);
}

function timed(what: string, run: () => void): void {
  const before = process.cpuUsage();
  run();
  const { user } = process.cpuUsage(before);
  assert.ok(user / 1000 < SLOWEST, `${what} takes ${Math.round(user / 1000)} ms`);
}

if (corpora !== undefined) {
  for (const set of SETS) {
    test(`${set}, cut anywhere, is read`, () => {
      const samples = records<RawRecord>(set);
      assert.ok(samples.length > 10);
      for (const sample of samples)
        for (const piece of cuts(bytesOf(sample)))
          timed(`${sample.id} cut at ${piece.length}`, () => {
            const message = readMessage(piece);
            for (const part of message.parts)
              assert.ok(part.bodyStart <= part.bodyEnd && part.bodyEnd <= part.source.length, sample.id);
            if (piece.length % (8 * STEP) === 0) for (const { bytes } of leavesOf(message, () => {})) assert.ok(bytes.length >= 0);
          });
    });
  }

  test('TNEF, cut anywhere, is read', () => {
    for (const sample of records<RawRecord>('tnef/tnef.jsonl.gz'))
      for (const piece of cuts(bytesOf(sample))) timed(`${sample.id} cut at ${piece.length}`, () => void readTnef(piece));
  });
}
