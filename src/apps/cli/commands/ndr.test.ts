import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { commandLine } from '../../../../test/harness/command-line.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'mailward-ndr-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

const MAIL = 'From: ann@a.example\nSubject: hello\n\nbody\n';
const ndr = (words: readonly string[], input = '') => commandLine(['ndr', ...words], { input });

test('one object a message, in order, from a folder and from standard input', async (t) => {
  const path = folder(t);
  writeFileSync(join(path, 'b.eml'), MAIL);
  writeFileSync(join(path, 'a.mbox'), `From a@b.example Wed Nov 25 12:00:00 2026\n${MAIL}\n`.repeat(2));
  const { code, out, err } = await ndr(['--json', path, '-'], MAIL);
  assert.deepEqual([code, err], [0, '']);
  const reports = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    reports.map(({ schema, file }) => [schema, file]),
    [join(path, 'a.mbox'), join(path, 'a.mbox#2'), join(path, 'b.eml'), '-'].map((file) => ['mailward/ndr/1', file]),
  );
});

test('what cannot be opened is told with the way out, and the rest is read', async (t) => {
  const path = join(folder(t), 'a.eml');
  writeFileSync(path, MAIL);
  const { code, out, err } = await ndr(['/no/such', path]);
  assert.equal(code, 3);
  assert.equal(err, 'mailward ndr: /no/such: there is no such file or folder; - reads standard input\n');
  assert.match(out, /An ordinary message\./);
});

test('a folder without mail says so', async (t) => {
  const path = folder(t);
  mkdirSync(join(path, 'empty'));
  const { code, out, err } = await ndr([path]);
  assert.deepEqual([code, out, err], [0, '', `mailward ndr: no message in ${path}\n`]);
});

test('what holds no message is told apart from an ordinary one, and the rest is read', async (t) => {
  const path = folder(t);
  writeFileSync(join(path, 'a-empty'), '');
  writeFileSync(join(path, 'b-note'), 'milk, eggs\n');
  writeFileSync(join(path, 'c.eml'), MAIL);
  const { code, out, err } = await ndr(['--json', path]);
  assert.deepEqual(
    [code, out.trim().split('\n').length, err],
    [
      3,
      1,
      `mailward ndr: ${join(path, 'a-empty')} holds no message: it is empty\n` +
        `mailward ndr: ${join(path, 'b-note')} holds no message: it begins with no header field\n`,
    ],
  );
  assert.match((await ndr(['-'], '550 5.1.1 <a@b.example>: User unknown\n')).out, /the mailbox does not exist/);
});

test('a long run into a file says on the terminal how far it is, and leaves nothing there', async () => {
  const mailbox = `From a@b.example Wed Nov 25 12:00:00 2026\n${MAIL}\n`.repeat(3);
  const { out, err } = await commandLine(['ndr', '--json', '-'], { input: mailbox, terminal: 80, redirected: true });
  assert.equal(out.trim().split('\n').length, 3);
  assert.match(err, /looking at - …/);
  assert.ok(err.endsWith('\r\x1b[2K'));
  const watched = await commandLine(['ndr', '-'], { input: mailbox, terminal: 80 });
  assert.equal(watched.err, '', 'reports on the terminal show it by themselves');
});
