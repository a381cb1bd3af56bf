/**
 * `scan --depth intrusive` against Debian's Postfix: it takes a letter to nobody for a server behind it, bounces, and the scan reads the report in a
 * Maildir, or by IMAP in Debian's Dovecot. Wants the packages of `test/harness/servers`.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { listenDns } from '../../src/net/dns-listener.ts';
import { readZone } from '../../src/range/zone.ts';
import { createZoneServer } from '../../src/range/zone-server.ts';
import { converse } from '../harness/client.ts';
import { mailward, type ProgramRun } from '../harness/program.ts';
import { type ScriptedServer, scriptedServer } from '../harness/scripted-server.ts';
import { arrived, type RunningServer, withServer } from '../harness/server.ts';
import { PASSWORD } from '../harness/servers/dovecot.ts';
import { dovecot } from '../harness/servers/index.ts';
import { postfix } from '../harness/servers/postfix.ts';

const ZONE = `
far.test MX 10 mx.far.test
mx.far.test A 127.0.0.1
example.test MX 10 mx.far.test
public.test MX 10 mx.public.test
mx.public.test A 192.0.2.1
`;

/** The server behind: it refuses every recipient once it has heard the letter's sender. */
function behind(): Promise<ScriptedServer> {
  return scriptedServer({
    greet: (socket) => socket.write('220 store.far.test ESMTP\r\n'),
    onLine(line, socket) {
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'RCPT') socket.write('550 5.1.1 no such user in the store\r\n');
      else if (verb === 'QUIT') socket.end('221 bye\r\n');
      else socket.write('250 ok\r\n');
    },
  });
}

interface Report {
  readonly depth: string;
  readonly findings: readonly { readonly rule: string; readonly evidence: readonly object[] }[];
  readonly unreached: readonly { readonly what: string; readonly reason: string; readonly detail?: string }[];
}

/** Scans as a user would, with what every scan here has in common; `reach` finds the zone and the servers in it. */
async function scan(
  pin: Pick<RunningServer, 'address' | 'port'> | null,
  words: readonly string[],
): Promise<ProgramRun & { readonly report: Report | null }> {
  const dns = await listenDns('127.0.0.1', 0, createZoneServer(readZone(ZONE)));
  const data = mkdtempSync(join(tmpdir(), 'mailward-probe-'));
  try {
    const reach = ['--resolver', `127.0.0.1:${dns.port}`, '--timeout', '20', '--data', data];
    const to = pin === null ? [] : ['--connect', `mx.far.test=${pin.address}:${pin.port}`];
    const run = await mailward(
      ['scan', '--json', '--no-save', '--depth', 'intrusive', ...reach, ...to, ...words],
      '',
      120_000,
    );
    return { ...run, report: run.out === '' ? null : (JSON.parse(run.out) as Report) };
  } finally {
    await dns.close();
    rmSync(data, { recursive: true, force: true });
  }
}

/** The scan's letter bounces to alice at Postfix; `carry` brings the report to the mailbox that the scan looks into. */
async function bounced(t: TestContext, mailbox: string, carry: (report: string) => Promise<void>): Promise<void> {
  await using store = await behind();
  await withServer(t, postfix, { nextHop: store }, async (running) => {
    const carried = arrived(running, 'alice', 1, 90_000).then(([report = '']) => {
      assert.match(report, /^It is allowed by: Ann, ticket 7$/m, 'the letter says who allows it');
      return carry(report);
    });
    const words = [
      'far.test',
      '--authorised',
      'Ann, ticket 7',
      '--bounce-from',
      'alice@example.test',
      '--mailbox',
      mailbox,
    ];
    const [{ report, err }] = await Promise.all([scan(running, words), carried]);
    assert.ok(report !== null, err);
    assert.equal(report.depth, 'intrusive');
    assert.ok(!report.unreached.some(({ what }) => what.startsWith('bounce')), JSON.stringify(report.unreached));
    const rules = report.findings.map(({ rule }) => rule);
    assert.ok(rules.includes('bounce/returned') && rules.includes('bounce/tells'), rules.join(' '));
    const told = JSON.stringify(report.findings.find(({ rule }) => rule === 'bounce/returned')?.evidence);
    assert.match(told, /5\.1\.1/);
    assert.match(told, /no such user in the store/);
  });
}

test('the report is found in a Maildir', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mailward-maildir-'));
  try {
    mkdirSync(join(folder, 'new'));
    await bounced(t, folder, async (report) => writeFileSync(join(folder, 'new', '1.report'), report));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the report is found by IMAP', (t) =>
  withServer(t, dovecot, {}, async (box) => {
    const url = `imap://alice:${encodeURIComponent(PASSWORD)}@${box.address}:${box.ports['imap']}`;
    await bounced(t, url, async (report) => {
      const replies = await converse(box, [
        'LHLO client.example.test',
        'MAIL FROM:<>',
        'RCPT TO:<alice@example.test>',
        'DATA',
        `${report.replaceAll('\n', '\r\n')}\r\n.`,
      ]);
      assert.match(replies.at(-1) ?? '', /^250/);
    });
  }));

test('a server that knows its users refuses at RCPT: no finding, no wait, no letter', (t) =>
  withServer(t, postfix, {}, async (running) => {
    const folder = mkdtempSync(join(tmpdir(), 'mailward-maildir-'));
    const words = ['example.test', '--authorised', 'Ann', '--bounce-from', 'ask@here.test', '--mailbox', folder];
    const { report, err } = await scan(running, words);
    rmSync(folder, { recursive: true });
    assert.ok(report !== null, err);
    assert.ok(!report.findings.some(({ rule }) => rule.startsWith('bounce/')));
    assert.deepEqual(
      report.unreached.filter(({ what }) => /bounce|nobody/.test(what)),
      [],
    );
    assert.doesNotMatch(await running.log(), /status=bounced|removed/);
  }));

test('a mailbox that lets nobody in is told, and no letter is written', (t) =>
  withServer(t, dovecot, {}, async (box) => {
    await using store = await behind();
    const url = `imap://alice:wrong@${box.address}:${box.ports['imap']}`;
    const words = ['far.test', '--authorised', 'Ann', '--bounce-from', 'alice@example.test', '--mailbox', url];
    const { report, err } = await scan(store, words);
    const untold = report?.unreached.find(({ what }) => what.startsWith('bounce'));
    assert.equal(untold?.reason, 'rejected', err);
    assert.match(untold?.detail ?? '', /refuses this user and password/);
    assert.ok(!JSON.stringify(report).includes('wrong@') && !err.includes('wrong@'), 'no password is printed');
    assert.ok(!store.heard.includes('DATA'));
  }));

test('a public server without the token of its domain is not scanned so', async () => {
  const { status, out, err } = await scan(null, ['public.test', '--authorised', 'Ann']);
  assert.deepEqual([status, out], [2, '']);
  assert.match(err, /public\.test has a public address.*mailward scan --token public\.test/);
});

for (const [words, fault] of [
  [['far.test'], /--authorised/],
  [['far.test', '--authorised', 'Ann', '--mailbox', '/'], /--bounce-from ADDRESS and --mailbox DIR go together/],
  [
    ['far.test', '--authorised', 'Ann', '--mailbox', '/no/such/folder', '--bounce-from', 'a@b.test'],
    /no folder can be read at "\/no\/such\/folder"/,
  ],
  [['far.test', '--authorised', 'Ann', '--mailbox', 'imap://host', '--bounce-from', 'a@b.test'], /it names no user/],
  [['far.test', '--authorised', 'Ann', '--mailbox', '/', '--bounce-from', 'nobody'], /takes an address/],
] as const)
  test(`wrong options: ${words.slice(1).join(' ') || 'none'}`, async () => {
    const { status, out, err } = await scan(null, words);
    assert.deepEqual([status, out, err.trim().split('\n').length], [2, '', 1]);
    assert.match(err, fault);
  });
