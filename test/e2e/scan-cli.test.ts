/** The program as a process of its own: signals, broken pipes, a machine that has nothing prepared. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { commandLine } from '../harness/command-line.ts';
import { MAIN } from '../harness/program.ts';
import { scannedRange } from '../harness/scanned-range.ts';
import { scriptedServer } from '../harness/scripted-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'mailward-cli-'));
after(() => rmSync(folder, { recursive: true }));

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, ...env }, timeout: 60_000 });
  child.stdin.end();
  return child;
}

test('Ctrl-C ends a scan that waits for a silent server: what is known is printed, and the exit code is 3', async () => {
  const met = Promise.withResolvers<void>();
  await using server = await scriptedServer({ greet: () => met.resolve() });
  const child = start(['scan', `${server.address}:${server.port}`, '--no-save', '--json']);
  const ended = once(child, 'close');
  const [out, err] = [text(child.stdout), text(child.stderr)];
  await met.promise;
  child.kill('SIGINT');
  assert.deepEqual(await ended, [3, null]);
  assert.equal(JSON.parse(await out).unreached[0].reason, 'budget');
  assert.equal(await err, 'mailward scan: interrupted; what was scanned so far is printed and kept\n');
});

test('a reader that goes away ends the program quietly', async () => {
  const targets = join(folder, 'many.txt');
  writeFileSync(targets, Array.from({ length: 300 }, (_, at) => `d${at}.test\n`).join(''));
  const child = start([
    'scan',
    '--input',
    targets,
    '--json',
    '--no-save',
    '--depth',
    'passive',
    '--resolver',
    '127.0.0.1:1',
  ]);
  const err = text(child.stderr);
  const ended = once(child, 'exit');
  child.stdout.once('data', () => child.stdout.destroy());
  const [code, signal] = await ended;
  assert.deepEqual([code, signal, await err], [0, null, '']);
});

test('where there is no home and no data folder, a scan makes its own and says where it stands', async () => {
  await using range = await scannedRange();
  const state = join(folder, 'state');
  const child = start(['scan', 'mill.test', ...range.reach], {
    HOME: folder,
    XDG_STATE_HOME: state,
    MAILWARD_DATA: '',
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  assert.deepEqual([code, err], [1, '']);
  assert.match(out, /Kept as scan 1:/);
  assert.ok(existsSync(join(state, 'mailward')));
});

test('the completion of bash completes commands and options', async () => {
  const script = (await commandLine(['completion', 'bash'])).out;
  const complete = async (...words: readonly string[]) => {
    const list = words.map((word) => `'${word}'`).join(' ');
    const ask = `COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _mailward; echo "\${COMPREPLY[*]}"`;
    const child = spawn('bash', ['--norc', '-c', `${script}\n${ask}`], { stdio: ['ignore', 'pipe', 'inherit'] });
    return (await text(child.stdout)).trim();
  };
  assert.equal(await complete('mailward', 'sc'), 'scan');
  assert.equal(await complete('mailward', 'scan', '--smtp'), '--smtp-ports');
  assert.equal(await complete('mailward', 'report', '--ag'), '--again');
});
