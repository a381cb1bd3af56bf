/** The demo as a new user runs it: the whole story on loopback, as text, as JSON and as a page, and a range that stays up to be scanned. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { DrillReport } from '../../src/finding/drill-report.ts';
import type { Identity } from '../../src/finding/identity.ts';
import { commandLine } from '../harness/command-line.ts';
import { MAIN, mailward } from '../harness/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'mailward-demo-'));
after(() => rmSync(folder, { recursive: true }));
const page = join(folder, 'demo.html');

interface Demo {
  readonly schema: string;
  readonly servers: readonly { readonly name: string; readonly identity: Identity; readonly grade: string }[];
  readonly bounce: {
    readonly isBounce: boolean;
    readonly reporter: Identity;
    readonly reportingHost: string;
    readonly recipients: readonly { readonly address: string; readonly status: string; readonly reason: string }[];
    readonly disclosures: readonly { readonly kind: string; readonly value: string }[];
  };
  readonly before: DrillReport;
  readonly after: DrillReport;
  readonly letters: readonly { readonly arrived: string }[];
  readonly drills: readonly {
    readonly server: string;
    readonly before: DrillReport;
    readonly after: DrillReport;
    readonly letters: readonly { readonly arrived: string }[];
  }[];
  readonly files: readonly string[];
  readonly seconds: number;
}

test('demo --exit --json tells what the contract says, within 30 seconds, and writes the page it names', async () => {
  const began = performance.now();
  const { status, out, err } = await mailward(['demo', '--exit', '--json', '--html', page]);
  assert.deepEqual([status, err], [0, '']);
  assert.ok(performance.now() - began < 30_000);
  assert.equal(out.trim().split('\n').length, 1);
  const demo = JSON.parse(out) as Demo;
  assert.equal(demo.schema, 'mailward/demo/1');
  assert.ok(demo.seconds > 0 && demo.seconds < 30);

  const outcomes = ({ attacks }: DrillReport) => new Set(attacks.map(({ outcome }) => outcome));
  assert.deepEqual(
    demo.drills.map(({ server }) => server),
    ['Exchange 2007', 'an old server'],
  );
  for (const { before, after, letters } of demo.drills) {
    for (const outcome of outcomes(after)) assert.ok(outcome === 'stopped' || outcome === 'contained', outcome);
    assert.deepEqual(
      after.attacks.map(({ attack }) => attack),
      before.attacks.map(({ attack }) => attack),
    );
    assert.ok(after.score > before.score);
    assert.ok(letters.length > 0 && letters.every(({ arrived }) => arrived === 'whole'));
  }
  const [exchange, old] = demo.drills;
  assert.deepEqual([demo.before, demo.after], [old?.before, old?.after]);
  assert.equal(demo.letters.length, (exchange?.letters.length ?? 0) + (old?.letters.length ?? 0));
  assert.deepEqual(outcomes(demo.before), new Set(['passed']));
  const through = exchange?.before.attacks.filter(({ outcome }) => outcome === 'passed').map(({ attack }) => attack);
  assert.deepEqual(through, [
    'name-by-greeting',
    'name-by-ehlo',
    'name-by-errors',
    'bounce-to-nobody',
    'auth-in-clear',
    'ntlm-names',
  ]);

  const named = demo.servers.map(({ identity: { product, release, version, os } }) => [
    product,
    release ?? version,
    os,
  ]);
  assert.deepEqual(named, [
    ['Exchange Server', '2007', 'Windows'],
    ['Exchange Server', '2003', 'Windows Server 2003'],
    // The words are those of the service of Windows 2000, on which Exchange 2003 runs too.
    ['Exchange Server', '2000 or 2003', 'Windows 2000 Server'],
    ['Sendmail', '8.12.9', 'Red Hat Linux'],
  ]);
  for (const { identity, grade } of demo.servers) {
    assert.ok(identity.certainty > 0.9 && identity.because.length > 0);
    assert.match(grade, /^(?:A\+|[A-F])$/);
  }
  const told = (index: number) => demo.servers[index]?.identity.because.map(({ value }) => value).join('\n') ?? '';
  assert.match(told(0), /Microsoft ESMTP MAIL Service[\s\S]*X-ANONYMOUSTLS/);
  assert.match(told(1), /Version: 6\.0/);
  assert.match(told(2), /Version: 5\.0/);

  const { bounce } = demo;
  assert.ok(bounce.isBounce);
  assert.equal(bounce.reporter.release, '2007');
  assert.match(bounce.reporter.because[0]?.value ?? '', /Sent by Microsoft Exchange Server 2007/);
  assert.equal(bounce.reportingHost, 'HARBOUR-EX01.corp.harbour.local');
  assert.deepEqual(
    bounce.recipients.map(({ status, reason }) => [status, reason]),
    [['5.1.1', 'userunknown']],
  );
  const kinds = new Set(bounce.disclosures.map(({ kind }) => kind));
  for (const kind of ['version', 'internal-host', 'internal-address', 'directory', 'client', 'time-zone'])
    assert.ok(kinds.has(kind), `${kind} is disclosed`);

  assert.deepEqual(demo.files, [page, page.replace('.html', '-drill.html')]);
  for (const file of demo.files) assert.match(readFileSync(file, 'utf8'), /<\/html>/);
  const html = readFileSync(page, 'utf8');
  for (const { name } of demo.servers) assert.ok(html.includes(name), `the page shows ${name}`);
  const [, drillPage = ''] = demo.files.map((file) => readFileSync(file, 'utf8'));
  assert.match(drillPage, /Bare, 28 of 34 attacks got through; behind the edge none\./);
  for (const one of [html, drillPage])
    assert.doesNotMatch(one, /<(?:script|link|img|iframe)\b/, 'the page needs no other file');
});

test('demo --exit tells the story on a terminal of any width, without colour where none is wanted', async () => {
  const tell = async (terminal: number) => {
    const { code, out } = await commandLine(['demo', '--exit', '--html', page], { terminal, env: { NO_COLOR: '1' } });
    assert.equal(code, 0);
    assert.doesNotMatch(out, /\x1b/);
    const long = out.split('\n').filter((line) => line.length > terminal);
    assert.deepEqual(long, []);
    for (const words of [
      / 1 {2}The practice range is up/,
      /attacker reads public DNS/,
      /bounce/,
      /known holes/,
      /name-by-greeting\s[\s\S]*passed → stopped/,
      /8 of 8 honest letters/,
      /Grade/,
    ])
      assert.match(out, words);
    assert.ok(out.replaceAll(/\s+/g, '').includes(page.replaceAll(/\s+/g, '')), 'the page is named');
  };
  await Promise.all([60, 120].map(tell));
});

test('without --exit the range stays up, the scan it proposes works, and Ctrl-C ends it', async () => {
  const child = spawn(process.execPath, [MAIN, 'demo', '--html', page], { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    let err = '';
    for await (const bytes of child.stderr) {
      err += String(bytes);
      if (/--connect \S+\n/.test(err)) break;
    }
    const words = /^ {2}mailward (scan .+)$/m.exec(err)?.[1]?.split(' ') ?? [];
    const { out, code } = await commandLine([...words, '--json', '--no-save']);
    assert.equal(code, 1);
    const report = JSON.parse(out) as { servers: { endpoints: { identity: Identity }[] }[] };
    assert.equal(report.servers[0]?.endpoints[0]?.identity.product, 'Exchange Server');
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    assert.deepEqual(await ended, [0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});

test('Ctrl-C in the middle ends the story: nothing is told that was not seen', async () => {
  const child = spawn(process.execPath, [MAIN, 'demo', '--html', page], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stderr.on('data', (bytes) => {
    err += String(bytes);
  });
  child.stdout.on('data', (bytes) => {
    out += String(bytes);
    if (out.includes('Mail servers')) child.kill('SIGINT');
  });
  assert.deepEqual(await once(child, 'close'), [3, null]);
  assert.equal(err, 'mailward demo: interrupted\n');
  assert.doesNotMatch(out, /cannot be named/);
});
