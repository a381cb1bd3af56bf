import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Behaviour, type ScriptedServer, scriptedServer } from '../../../test/harness/scripted-server.ts';
import { UnreachedError } from '../../finding/unreached.ts';
import { systemClock } from '../../net/clock.ts';
import { createDialler } from '../../net/dialler.ts';
import { createPace, POLITE } from '../../net/pace.ts';
import { createSmtpClient } from '../../net/smtp-client.ts';
import { createWebClient } from '../../net/web-client.ts';
import { judge } from '../judge.ts';
import type { BounceBox, ScanTools } from '../probe.ts';
import { bounce } from './bounce.ts';

/** A mailbox that holds what is put into it. */
function box(patience: number): BounceBox & { readonly messages: Buffer[] } {
  const messages: Buffer[] = [];
  return {
    messages,
    address: 'asker@here.example',
    patience,
    authorised: 'Ann, ticket 7',
    holding: async (token) => messages.filter((message) => message.includes(token)),
  };
}

function tools(bounces?: BounceBox): ScanTools {
  return {
    resolver: { query: async () => ({ status: 'failed', reason: 'no-resolver', detail: '' }), close() {} },
    http: async () => ({ kind: 'failed', why: 'no web here', fault: { at: 'content' } }),
    web: createWebClient({ clock: systemClock }),
    smtp: createSmtpClient({ clock: systemClock, dial: createDialler({ clock: systemClock }) }),
    pace: createPace(systemClock, { ...POLITE, gap: 0 }),
    clock: systemClock,
    token: (length) => 'nobodyhere'.padEnd(length, 'x'),
    asker: { hostName: 'probe.example', mailbox: 'scan@probe.example' },
    ...(bounces === undefined ? {} : { bounces }),
  };
}

/** A server that answers RCPT and the end of a message as told. */
function server(recipient: string, end = '250 2.0.0 queued', onEnd = () => {}): Behaviour {
  let inData = false;
  return {
    greet: (socket) => socket.write('220 mx.there.example ESMTP\r\n'),
    onLine(line, socket) {
      if (inData && line !== '.') return;
      if (inData) {
        inData = false;
        onEnd();
        socket.write(`${end}\r\n`);
        return;
      }
      const verb = line.slice(0, 4).toUpperCase();
      inData = verb === 'DATA';
      socket.write(`${verb === 'RCPT' ? recipient : inData ? '354 go on' : '250 ok'}\r\n`);
      if (verb === 'QUIT') socket.end();
    },
  };
}

const target = (running: ScriptedServer) => ({
  name: 'mx.there.example',
  address: running.address,
  port: running.port,
  domain: 'there.example',
});

const REPORT = (recipient: string) =>
  Buffer.from(
    [
      'Return-Path: <>',
      'Received: by mx.there.example (Postfix) id 4ABC; Wed, 25 Nov 2026 12:00:00 +0000 (UTC)',
      'From: MAILER-DAEMON@mx.there.example (Mail Delivery System)',
      'Subject: Undelivered Mail Returned to Sender',
      'Content-Type: text/plain',
      '',
      'This is the mail system at host mx.there.example.',
      '',
      `<${recipient}>: host store.corp.internal[10.0.0.7] said: 550 5.1.1 unknown user (in reply to RCPT TO command)`,
      '',
    ].join('\r\n'),
  );

test('a server that refuses the recipient gets no letter, and nothing is waited for', async () => {
  await using running = await scriptedServer(server('550 5.1.1 no such user'));
  const seen = await bounce.look(target(running), tools(box(60_000)));
  assert.deepEqual([seen.step, seen.taken, seen.report, seen.waited], ['recipient', false, null, 0]);
  assert.equal(seen.recipient, 'nobodyherexxxxxxxxxx@there.example');
  assert.ok(!running.heard.includes('DATA'));
  assert.deepEqual([...(bounce.missed?.(seen) ?? [])], []);
});

test('the report that comes back is read, and judged with what it gives away', async () => {
  const mailbox = box(10_000);
  await using running = await scriptedServer(
    server('250 ok', '250 queued', () => mailbox.messages.push(REPORT('nobodyherexxxxxxxxxx@there.example'))),
  );
  const seen = await bounce.look(target(running), tools(mailbox));
  assert.equal(seen.taken, true);
  assert.equal(seen.report?.recipients[0]?.status, '5.1.1');
  assert.equal(seen.report?.reporter?.product, 'Postfix');
  assert.ok(
    running.heard.some((line) => line.includes('Ann, ticket 7')),
    'the letter says who allows it',
  );
  const stored = JSON.parse(JSON.stringify(seen)) as typeof seen;
  const endpoint = { address: running.address, port: 25, state: 'open', seen: { bounce: stored } } as const;
  const report = judge({
    target: 'there.example',
    depth: 'intrusive',
    startedAt: '2026-11-25T12:00:00.000Z',
    finishedAt: '2026-11-25T12:00:01.000Z',
    domain: {},
    servers: [{ name: 'mx.there.example', preference: 10, addresses: [running.address], endpoints: [endpoint] }],
    unreached: [],
  });
  assert.deepEqual(report.findings.map(({ rule }) => rule.id).sort(), ['bounce/returned', 'bounce/tells']);
  const told = report.findings.find(({ rule }) => rule.id === 'bounce/tells');
  assert.ok(told?.evidence.some((one) => one.kind === 'header' && one.value.includes('10.0.0.7')));
  assert.equal(report.servers[0]?.endpoints[0]?.identity?.product, 'Postfix');
});

test('a letter that was taken and never reported is told as what could not be seen', async () => {
  await using running = await scriptedServer(server('250 ok'));
  const seen = await bounce.look(target(running), tools(box(0)));
  assert.equal(seen.taken, true);
  const [missed] = [...(bounce.missed?.(seen) ?? [])];
  assert.equal(missed?.reason, 'timeout');
});

test('a refusal of the content settles it too; a put-off proves nothing', async () => {
  {
    await using running = await scriptedServer(server('250 ok', '550 5.7.1 not wanted'));
    const seen = await bounce.look(target(running), tools(box(60_000)));
    assert.deepEqual([seen.step, seen.taken], ['message', false]);
  }
  await using running = await scriptedServer(server('451 4.7.1 greylisted'));
  await assert.rejects(bounce.look(target(running), tools(box(0))), (fault: Error) => {
    assert.ok(fault instanceof UnreachedError);
    return fault.reason === 'throttled';
  });
});

test('without a mailbox no connection is opened', async () => {
  await using running = await scriptedServer(server('250 ok'));
  await assert.rejects(bounce.look(target(running), tools()), { reason: 'not-permitted' });
  assert.equal(running.connections, 0);
});

test('no letter is written if its report could not be read', async () => {
  await using running = await scriptedServer(server('250 ok'));
  const closed: BounceBox = {
    ...box(0),
    holding: () => Promise.reject(new UnreachedError('rejected', 'wrong password')),
  };
  await assert.rejects(bounce.look(target(running), tools(closed)), { reason: 'rejected', detail: 'wrong password' });
  assert.equal(running.connections, 0);
});
