/**
 * Broken MIME that hides an EICAR archive or a file name from some reader: it must come out in some reading, or the message must be in doubt.
 * Registers only where `MAILWARD_CORPORA` names the corpora.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import { atLeast } from '../../src/wire/mime/ambiguity.ts';
import { leavesOf } from '../../src/wire/mime/leaves.ts';
import { readMessage } from '../../src/wire/mime/message.ts';
import { bytesOf, corpora, type RawRecord, records } from './mime-samples.ts';

interface Sample extends RawRecord {
  readonly goal: 'hide-content' | 'hide-filename';
  readonly technique: string;
}

/** In two halves, so that no virus scanner takes this file for the test file. */
const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR'].join('');

/** True if the bytes hold the test file, or begin a zip archive whose first entry is it. */
function holdsEicar(bytes: Buffer): boolean {
  if (bytes.includes(EICAR, 0, 'latin1')) return true;
  const zip = bytes.indexOf('PK\x03\x04', 0, 'latin1');
  if (zip === -1 || bytes.length < zip + 30) return false;
  const content = bytes.subarray(zip + 30 + bytes.readUInt16LE(zip + 26) + bytes.readUInt16LE(zip + 28));
  try {
    return inflateRawSync(content, { finishFlush: 2 }).includes(EICAR, 0, 'latin1');
  } catch {
    return false;
  }
}

if (corpora !== undefined) {
  // The sample that tells a filter apart from one that blocks everything: its name is a picture's, in plain words.
  const samples = records<Sample>('mime/bad_mime_noxxi.jsonl.gz').filter(({ technique }) => !technique.endsWith('fname-ctype.png'));

  /** Whether what is hidden comes out, and whether the reader is in doubt. */
  const look = (sample: Sample) => {
    let found = false;
    let doubt = false;
    const leaves = leavesOf(readMessage(bytesOf(sample)), ({ severity }) => {
      doubt ||= atLeast(severity, 'medium');
    });
    for (const { bytes, names } of leaves)
      found ||= sample.goal === 'hide-content' ? holdsEicar(bytes) : names.some((name) => name.endsWith('.zip'));
    return { found, doubt };
  };

  test('no trick passes: what is hidden is found, or the message is in doubt', () => {
    assert.ok(samples.length > 100);
    const passed = samples.filter((sample) => {
      const { found, doubt } = look(sample);
      return !found && !doubt;
    });
    assert.deepEqual(passed.map(({ id, technique }) => `${id} ${technique}`), []);
  });

  test('nine of ten tricks do not even hide anything from the union of readings', () => {
    const found = samples.filter((sample) => look(sample).found);
    assert.ok(found.length >= 0.9 * samples.length, `${found.length} of ${samples.length}`);
  });
}
