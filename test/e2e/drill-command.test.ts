/** `mailward drill` as a person or a script calls it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { DrillReport } from '../../src/finding/drill-report.ts';
import { listenDns } from '../../src/net/dns-listener.ts';
import { readZone } from '../../src/range/zone.ts';
import { createZoneServer } from '../../src/range/zone-server.ts';
import { looseServer } from '../harness/loose-server.ts';
import { mailward } from '../harness/program.ts';
import { byVerb, scriptedServer } from '../harness/scripted-server.ts';

const data = mkdtempSync(join(tmpdir(), 'mailward-drill-'));
after(() => rmSync(data, { recursive: true }));
const AUTHORISED = ['--authorised', 'Ann, a test', '--data', data];

const QUICK = 'name-by-greeting,mail-before-hello,xclient';

test('a drill as JSON holds what the contract says, and gets exit code 1 where something got through', async () => {
  await using server = await looseServer();
  const target = `127.0.0.1:${server.port}`;
  const { out, err, status } = await mailward(['drill', target, ...AUTHORISED, '--only', QUICK, '--json']);
  assert.equal(status, 1, err);
  const report = JSON.parse(out) as DrillReport & { readonly schema: string };
  assert.equal(report.schema, 'mailward/drill/1');
  assert.equal(report.target, target);
  assert.equal(report.authorised, 'Ann, a test');
  assert.equal(report.recipient, 'postmaster@example.test');
  assert.match(report.startedAt, /^\d{4}-\d\d-\d\dT/);
  assert.ok(report.score >= 0 && report.score < 50);
  assert.deepEqual(
    report.attacks.map(({ attack, outcome, at }) => [attack, outcome, at]),
    [
      ['name-by-greeting', 'passed', 'greeting'],
      ['mail-before-hello', 'passed', 'mail'],
      ['xclient', 'passed', 'command'],
    ],
  );
  for (const { because, evidence, threat, control } of report.attacks) {
    assert.ok(because !== '' && evidence.length > 0 && threat.includes('/') && control.includes('/'));
  }
});

test('the threshold decides the exit code', async () => {
  await using server = await looseServer();
  const call = (failOn: string) =>
    mailward(['drill', `127.0.0.1:${server.port}`, ...AUTHORISED, '--only', 'mail-before-hello', '--fail-on', failOn]);
  assert.equal((await call('low')).status, 1);
  assert.equal((await call('medium')).status, 0);
});

test('every message says what it is and who allowed it', async () => {
  await using server = await looseServer();
  const { status } = await mailward([
    'drill',
    `127.0.0.1:${server.port}`,
    ...AUTHORISED,
    '--only',
    'blind-pipelining',
    '--recipient',
    'alice@example.test',
    '--hello',
    'who-asks.example',
  ]);
  assert.equal(status, 0);
  const { readdirSync, readFileSync } = await import('node:fs');
  const letters = readdirSync(server.folder).map((name) => readFileSync(join(server.folder, name), 'latin1'));
  assert.equal(letters.length, 2);
  for (const letter of letters) {
    assert.match(letter, /^X-Mailward-Drill: blind-pipelining; authorised by: Ann, a test\r$/m);
    assert.match(letter, /^From: <drill@who-asks\.example>\r$/m);
    assert.match(letter, /^To: <alice@example\.test>\r$/m);
  }
});

test('without a word who allows it nothing is sent', async () => {
  await using server = await scriptedServer(byVerb('220 mx', {}));
  for (const args of [[], ['--authorised', ' ']]) {
    const { status, err } = await mailward(['drill', `127.0.0.1:${server.port}`, '--data', data, ...args]);
    assert.equal(status, 2);
    assert.match(err, /--authorised/);
  }
  assert.equal(server.connections, 0);
});

test('a public server is drilled only if its domain carries the token', async () => {
  const { out } = await mailward(['scan', '--token', 'example.com', '--data', data]);
  const token = /mailward=[0-9a-f]{32}/.exec(out)?.[0] ?? assert.fail(out);
  // An address that is not private and that TCP cannot be sent to, so that no packet leaves: with the token the drill goes on to it.
  const zone = (text: string) => `mx.example.com. A 255.255.255.255\n_mailward.example.com. TXT "${text}"\n`;
  const call = async (text: string) => {
    const dns = await listenDns('127.0.0.1', 0, createZoneServer(readZone(zone(text))));
    const resolver = ['--resolver', `${dns.address}:${dns.port}`, '--timeout', '1'];
    try {
      return await mailward(['drill', 'mx.example.com:25', ...AUTHORISED, ...resolver]);
    } finally {
      await dns.close();
    }
  };
  const without = await call('mailward=something-else');
  assert.equal(without.status, 2);
  assert.match(without.err, /mailward scan --token example\.com/);
  const granted = await call(token);
  assert.equal(granted.status, 3, granted.err);
  assert.match(granted.err, /cannot be drilled/);
});

test('a call that cannot be right is 2, a server that is not there 3', async () => {
  for (const args of [
    ['mx.example.com'],
    ['a b:25'],
    [],
    ['127.0.0.1:25', '--only', 'no-such-attack'],
    ['127.0.0.1:25', '--hold', '0'],
    ['127.0.0.1:25', '--from', '203.0.113.9'],
    ['127.0.0.1:25', '--hello', 'a b'],
    ['127.0.0.1:25', '--recipient', 'ann@example.com>'],
    ['127.0.0.1:25', '--html', join(data, 'no-such-folder', 'drill.html')],
    ['127.0.0.1:25', '--mailbox', join(data, 'no-such-folder')],
    ['127.0.0.1:25', '--mailbox', 'imaps://127.0.0.1'],
  ])
    assert.equal((await mailward(['drill', ...args, ...AUTHORISED])).status, 2, args.join(' '));
  assert.equal((await mailward(['drill', '127.0.0.1:1', ...AUTHORISED])).status, 3);
  await using server = await scriptedServer(byVerb('220 mx', {}));
  const lost = ['--mailbox', 'imaps://ann:secret@127.0.0.1:1'];
  const { status, err } = await mailward(['drill', `127.0.0.1:${server.port}`, ...AUTHORISED, ...lost]);
  assert.equal(status, 3);
  assert.match(err, /the mailbox at 127\.0\.0\.1:1/);
  assert.ok(!err.includes('secret'));
  assert.equal(server.connections, 0, 'nothing is sent whose effect could not be seen');
});

test('the plan says what each attack sends, and sends nothing', async () => {
  const { out, status } = await mailward(['drill', '--plan']);
  assert.equal(status, 0);
  assert.match(out, /^smuggled-bare-lf {2}high$/m);
  assert.match(out, /At most \d+ connections/);
  const { out: json } = await mailward(['drill', '--plan', '--json', '--only', 'open-relay']);
  const plan = JSON.parse(json) as { readonly attack: string; readonly cost: { readonly messages: number } };
  assert.deepEqual([plan.attack, plan.cost.messages], ['open-relay', 0]);
});

test('the terminal tells what got through, with a remedy, and nothing that a server sent acts on it', async () => {
  await using server = await scriptedServer(
    byVerb('220 mx \x1b[2J ESMTP Postfix', { MAIL: '250 2.1.0 Ok \x1b]0;x\x07' }),
  );
  const { out } = await mailward(['drill', `127.0.0.1:${server.port}`, ...AUTHORISED, '--only', 'mail-before-hello']);
  assert.match(out, /Passed at MAIL/);
  assert.match(out, /Remedy: /);
  assert.ok(!/[\x00-\x09\x0b-\x1f]/.test(out), JSON.stringify(out));
});
