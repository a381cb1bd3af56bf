import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { createFakeClock } from '../../../test/harness/fake-clock.ts';
import { drawnProgress } from './progress.ts';

function drawing(columns = 80) {
  const clock = createFakeClock();
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns });
  let written = '';
  stream.on('data', (bytes: Buffer) => {
    written += bytes.toString();
  });
  /** What stands on the line once all is drawn. */
  const line = () => written.split('\r').at(-1)?.replace('\x1b[2K', '');
  return { clock, progress: drawnProgress(stream, clock), line, written: () => written };
}

test('one target is named, and a cleared line leaves nothing', () => {
  const { progress, line } = drawing();
  progress.began('a.example');
  assert.equal(line(), 'looking at a.example …');
  progress.ended();
  progress.clear();
  assert.equal(line(), '');
});

test('many are counted, with the time, on one line that never ends', async () => {
  const { progress, line, written, clock } = drawing();
  progress.began('a.example');
  await clock.advance(2_000);
  progress.began('b.example');
  assert.equal(line(), '0 done, 2 under way (b.example), 2 s');
  await clock.advance(1_000);
  progress.ended();
  assert.equal(line(), '1 done, 1 under way (b.example), 3 s');
  assert.ok(!written().includes('\n'));
});

test('a fast run is not slowed by its own drawing', () => {
  const { progress, written } = drawing();
  for (let count = 0; count < 1_000; count++) {
    progress.began(`${count}.example`);
    progress.ended();
  }
  assert.ok(written().split('\r').length < 5);
});

test('a long name is cut to the width of the terminal', () => {
  const { progress, line } = drawing(20);
  progress.began('a-very-long-name.example');
  assert.equal(line()?.length, 19);
});
