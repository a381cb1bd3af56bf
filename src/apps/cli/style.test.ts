import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { styleOf } from './style.ts';

function rim(tty: boolean, env: Record<string, string> = {}, columns?: number) {
  const stream = () => Object.assign(new PassThrough(), { isTTY: tty, ...(columns === undefined ? {} : { columns }) });
  return { stdout: stream(), stderr: stream(), env };
}

test('a terminal gets colour, progress and its own width', () => {
  assert.deepEqual(styleOf(rim(true, {}, 132)), { width: 132, colour: true, progress: true });
});

test('a file or pipe gets plain text of 80 columns', () => {
  assert.deepEqual(styleOf(rim(false)), { width: 80, colour: false, progress: false });
});

test('NO_COLOR takes the colour, --quiet the progress, a dumb terminal both', () => {
  assert.equal(styleOf(rim(true, { NO_COLOR: '1' })).colour, false);
  assert.equal(styleOf(rim(true, { NO_COLOR: '' })).colour, true, 'an empty NO_COLOR does not count');
  assert.deepEqual(styleOf(rim(true), { quiet: true }), { width: 80, colour: true, progress: false });
  const dumb = styleOf(rim(true, { TERM: 'dumb' }));
  assert.deepEqual([dumb.colour, dumb.progress], [false, false]);
});
