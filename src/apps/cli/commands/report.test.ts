import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type CommandWorld, commandLine } from '../../../../test/harness/command-line.ts';
import { type ScannedRange, scannedRange } from '../../../../test/harness/scanned-range.ts';

let range: ScannedRange;
before(async () => {
  range = await scannedRange();
  await commandLine(['scan', 'mill.test', ...range.reach, '--data', range.data]);
  await commandLine(['scan', 'quarry.test', ...range.reach, '--data', range.data]);
  // From here on nobody answers: a report is made of what was seen.
  await range.stop();
});
after(() => range[Symbol.asyncDispose]());

const report = (words: readonly string[], world: CommandWorld = {}) =>
  commandLine(['report', '--data', range.data, ...words], world);

test('--list shows what is kept, newest first, and says so where nothing is', async () => {
  const { code, out } = await report(['--list']);
  assert.equal(code, 0);
  assert.match(out, /^ 2 {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}F {3}quarry\.test\n 1 {2}.* F {3}mill\.test\n$/);
  const none = await commandLine(['report', '--list', '--data', join(range.data, 'other')]);
  assert.deepEqual([none.code, none.out], [0, '']);
  assert.match(none.err, /no scans are kept in /);
});

test('a kept scan is printed as it was, and judged anew to the same, with no packet', async () => {
  const then = await report(['1', '--json']);
  const again = await report(['1', '--again', '--json']);
  assert.deepEqual([then.code, again.code], [0, 0]);
  assert.deepEqual(JSON.parse(again.out), JSON.parse(then.out));
  assert.match((await report(['1'])).out, /^mill\.test +F /);
});

test('a report that scan --json wrote is read from its file', async () => {
  const file = join(range.data, 'report.json');
  writeFileSync(file, (await report(['2', '--json'])).out);
  assert.match((await report([file])).out, /^quarry\.test/);
  assert.equal((await report([file, '--again', '--json'])).out, readFileSync(file, 'utf8'));
});

test('--html and --sarif write files; --fail-on makes it a gate', async () => {
  const [html, sarif] = [join(range.data, 'r.html'), join(range.data, 'r.sarif')];
  const { code } = await report(['1', '--html', html, '--sarif', sarif, '--fail-on', 'high']);
  assert.equal(code, 1);
  assert.match(readFileSync(html, 'utf8'), /mill\.test/);
  assert.equal(JSON.parse(readFileSync(sarif, 'utf8')).version, '2.1.0');
  assert.equal((await report(['1', '--fail-on', 'critical'])).code, 0);
});

const wrong: readonly (readonly [what: string, text: string, told: RegExp])[] = [
  ['no JSON', '{', /is no JSON: /],
  ['another JSON', '{"schema":"mailward/ndr/1"}', /is no report of mailward: /],
];
for (const [what, text, told] of wrong) {
  test(`a file with ${what} is a wrong call`, async () => {
    const file = join(range.data, 'wrong.json');
    writeFileSync(file, text);
    const { code, out, err } = await report([file]);
    assert.deepEqual([code, out, err.split('\n').length], [2, '', 2]);
    assert.match(err, told);
  });
}

test('a number that is not kept is a wrong call that says where to look', async () => {
  const { code, err } = await report(['77']);
  assert.equal(code, 2);
  assert.match(err, /there is no scan 77 in .*; mailward report --list shows what is kept\n$/);
});

test('a report without what was seen cannot be judged anew', async () => {
  const file = join(range.data, 'bare.json');
  const { dossier: _, ...bare } = JSON.parse((await report(['1', '--json'])).out);
  writeFileSync(file, JSON.stringify({ ...bare, dossier: {} }));
  const { code, err } = await report([file, '--again']);
  assert.equal(code, 3);
  assert.match(err, /nothing to judge anew/);
});
