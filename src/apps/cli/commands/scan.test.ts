import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type CommandWorld, commandLine } from '../../../../test/harness/command-line.ts';
import { type ScannedRange, scannedRange } from '../../../../test/harness/scanned-range.ts';

let range: ScannedRange;
before(async () => {
  range = await scannedRange();
});
after(() => range[Symbol.asyncDispose]());

const scan = (words: readonly string[], world: CommandWorld = {}) =>
  commandLine(['scan', ...range.reach, '--data', range.data, ...words], world);

/** Lines that do not fit; what is to be pasted stays whole. */
const tooLong = (out: string, width: number) =>
  out.split('\n').filter((line) => line.length > width && !line.startsWith('      '));

test('a domain becomes a report that a person reads, and is kept', async () => {
  const { code, out, err } = await scan(['mill.test']);
  assert.deepEqual([code, err], [1, '']);
  for (const words of [/^mill\.test +F /, /Sendmail 8\.12\.9/, /What to do next/, /Kept as scan \d+/])
    assert.match(out, words);
  assert.deepEqual(tooLong(out, 80), []);
});

test('--json is one object a target and nothing else, in the order of the call', async () => {
  const { out, err } = await scan(['quarry.test', 'harbour.test', '--json', '--no-save']);
  assert.equal(err, '');
  const reports = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    reports.map(({ schema, target }) => [schema, target]),
    [
      ['mailward/report/1', 'quarry.test'],
      ['mailward/report/1', 'harbour.test'],
    ],
  );
  for (const { servers, findings, grade, score, unreached, dossier, vulnerabilities } of reports) {
    assert.match(grade, /^(?:A\+|[A-F])$/);
    assert.ok(score >= 0 && score <= 100 && findings.length > 0 && vulnerabilities.length > 0);
    assert.equal(servers[0].endpoints[0].state, 'open');
    assert.deepEqual(unreached, []);
    assert.equal(typeof dossier, 'object');
    for (const { rule, severity, subject, title, why, remedy, references, evidence } of findings) {
      assert.ok([rule, severity, subject, title, why].every((text) => typeof text === 'string' && text !== ''));
      assert.ok(remedy.length > 0 && references.length > 0 && evidence.length > 0, rule);
    }
  }
});

test('--fail-on moves the threshold of exit code 1', async () => {
  const code = async (severity: string, target: string) =>
    (await scan([target, '--no-save', '--depth', 'passive', '--fail-on', severity])).code;
  assert.deepEqual([await code('medium', 'quarry.test'), await code('critical', 'quarry.test')], [1, 0]);
});

test('--depth passive asks DNS alone', async () => {
  const { out } = await scan(['harbour.test', '--json', '--no-save', '--depth', 'passive']);
  const report = JSON.parse(out);
  assert.deepEqual([report.depth, report.servers[0].endpoints], ['passive', []]);
});

test('--compare last tells what changed, and the first time is no error', async () => {
  const data = join(range.data, 'compared');
  const compare = () => scan(['orchard.test', '--data', data, '--compare', 'last']);
  const first = await compare();
  assert.equal(first.code, 1);
  assert.doesNotMatch(first.out, /Since/);
  const second = await compare();
  assert.equal(second.code, 1);
  assert.match(second.out, /[Nn]othing changed|Since|no change/i);
  assert.match((await scan(['orchard.test', '--data', data, '--compare', '99'])).err, /there is no scan 99/);
});

test('--html and --sarif write files, and a place that cannot be written is exit code 3', async () => {
  const [html, sarif] = [join(range.data, 'r.html'), join(range.data, 'r.sarif')];
  await scan(['harbour.test', '--no-save', '--html', html, '--sarif', sarif]);
  assert.match(readFileSync(html, 'utf8'), /^<!doctype html>[\s\S]*harbour\.test/i);
  assert.equal(JSON.parse(readFileSync(sarif, 'utf8')).version, '2.1.0');
  const { code, err } = await scan(['harbour.test', '--no-save', '--html', join(range.data, 'no', 'r.html')]);
  assert.equal(code, 3);
  assert.match(err, /r\.html cannot be written: /);
});

test('targets come from a file or standard input; a line that is none is told with its place, and costs only itself', async () => {
  const list = '# ours\nmill.test\n\n  a@b.test\nharbour.test # the first\n';
  const file = join(range.data, 'targets.txt');
  writeFileSync(file, list);
  for (const [input, name] of [
    [file, file],
    ['-', 'standard input'],
  ] as const) {
    const { code, out, err } = await scan(['--input', input, '--json', '--no-save', '--depth', 'passive'], {
      input: list,
    });
    const targets = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).target);
    assert.deepEqual(targets, ['mill.test', 'harbour.test']);
    assert.equal(err, `mailward scan: ${name}:4:3: "a@b.test" is a mail address; scan takes its domain: b.test\n`);
    assert.equal(code, 2);
  }
});

test('a wrong target in the call keeps anything from being sent', async () => {
  const { code, out, err } = await scan(['mill.test', 'no domain', '--json']);
  assert.deepEqual([code, out], [2, '']);
  assert.match(err, /"no domain" is no domain name/);
});

test('a data folder that cannot be made costs the keeping, not the scan', async () => {
  const nowhere = join(import.meta.filename, 'nowhere');
  const { code, out, err } = await scan(['mill.test', '--data', nowhere]);
  assert.equal(code, 1);
  assert.match(out, /^mill\.test/);
  assert.match(err, /^mailward: scans are not kept: .*--no-save is silent\)\n$/);
  assert.equal((await scan(['mill.test', '--data', nowhere, '--no-save'])).err, '');
});

test('progress is drawn on a terminal and cleared before anything else is, and --quiet, pipes and dumb terminals have none', async () => {
  const words = ['mill.test', 'quarry.test', '--no-save', '--depth', 'passive'];
  const order: string[] = [];
  const { err } = await scan(words, { terminal: 60, onWrite: (stream, text) => order.push(`${stream} ${text}`) });
  assert.match(err, /looking at mill\.test/);
  assert.ok(err.endsWith('\r\x1b[2K'), 'nothing is left on the line');
  const printed = order.findIndex((text) => text.startsWith('stdout'));
  assert.ok(order.slice(0, printed).at(-1)?.endsWith('\x1b[2K'));
  assert.equal((await scan([...words, '--quiet'], { terminal: 60 })).err, '');
  assert.equal((await scan(words, { terminal: 60, env: { TERM: 'dumb' } })).err, '');
  assert.equal((await scan(words)).err, '');
});

test('colour is for terminals whose owner wants it, and 60 columns are enough', async () => {
  const words = ['mill.test', '--no-save', '--quiet'];
  const { out } = await scan(words, { terminal: 60 });
  assert.match(out, /\x1b\[/);
  const plain = (await scan(words, { terminal: 60, env: { NO_COLOR: '1' } })).out;
  assert.doesNotMatch(plain, /\x1b/);
  assert.deepEqual(tooLong(plain, 60), []);
});

test('Ctrl-C ends it soon: what was seen is printed, and the exit code says that it is not all', async () => {
  const stop = new AbortController();
  stop.abort();
  const { code, out, err } = await scan(['mill.test', 'quarry.test', '--json', '--no-save'], { signal: stop.signal });
  assert.equal(code, 3);
  assert.match(err, /interrupted/);
  assert.equal(out.trim().split('\n').length, 1);
});

test('nothing is written where nothing shall be kept', async () => {
  const data = join(range.data, 'unused');
  await scan(['mill.test', '--no-save', '--data', data, '--depth', 'passive']);
  assert.ok(!existsSync(data));
});
