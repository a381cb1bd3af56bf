import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { mailSink, type SinkOptions } from '../../test/harness/mail-sink.ts';
import { byVerb, scriptedServer } from '../../test/harness/scripted-server.ts';
import { systemClock } from './clock.ts';
import { UpstreamPool } from './smtp-upstream-pool.ts';
import type { UpstreamTls } from './upstream-tls.ts';
import type { UpstreamTransaction } from './upstream-transaction.ts';

function poolTo(port: number, more: { protocol?: 'smtp' | 'lmtp'; tls?: UpstreamTls; connections?: number } = {}) {
  const notes: string[] = [];
  const pool = new UpstreamPool({
    protocol: 'smtp',
    hostName: 'mx.edge.test',
    tls: { mode: 'none' },
    clock: systemClock,
    openTimeout: 5_000,
    connections: 5,
    idle: 5_000,
    messages: 100,
    noted: (state, detail) => notes.push(`${state} ${detail}`),
    locate: async () => ({ host: '127.0.0.1', port }),
    ...more,
  });
  return { pool, notes };
}

function mail(to: readonly string[] = ['b@x.test'], more: Partial<UpstreamTransaction> = {}): UpstreamTransaction {
  return {
    sender: 'FROM:<a@x.test>',
    senderExtras: [],
    recipients: to.map((address) => ({ path: `TO:<${address}>`, extras: [] })),
    size: 20,
    head: 'Received: x\r\n',
    body: [Buffer.from('a: b\r\n\r\n..one\r\n')],
    deadline: performance.now() + 5_000,
    wanted: () => true,
    ...more,
  };
}

/** What became of a message handed to a sink, and the sink's record. */
async function through(options: SinkOptions, message = mail(), protocol: 'smtp' | 'lmtp' = 'smtp') {
  await using sink = await mailSink(options);
  const { pool } = poolTo(sink.port, { protocol });
  const result = await pool.handOn(message);
  pool.close();
  const told =
    result.kind !== 'answered'
      ? result.kind === 'failed'
        ? result.detail
        : `lacks ${result.extension}`
      : result.recipients.map(({ outcome, code }) => `${outcome} ${code}`).join(', ');
  return { told, heard: [...sink.heard], mails: [...sink.mails] };
}

test('a message goes on as the bytes it came in, behind what is put in front', async () => {
  const { told, mails, heard } = await through({});
  assert.equal(told, 'accepted 250');
  assert.equal(mails[0]?.text, 'Received: x\r\na: b\r\n\r\n..one\r\n');
  assert.deepEqual(heard.slice(0, 4), [
    'EHLO mx.edge.test',
    'MAIL FROM:<a@x.test> SIZE=20',
    'RCPT TO:<b@x.test>',
    'DATA',
  ]);
});

test('a server without PIPELINING is asked line by line, and one without SIZE is told no size', async () => {
  const { told, heard } = await through({ extensions: ['HELP'] });
  assert.equal(told, 'accepted 250');
  assert.equal(heard[1], 'MAIL FROM:<a@x.test>');
});

test('parameters go where the extension is offered; one that is needed is never left out', async () => {
  const extra = (extension: string, text: string, needed: boolean) => ({ extension, text, needed });
  const wish = { senderExtras: [extra('8BITMIME', 'BODY=8BITMIME', false), extra('DSN', 'RET=HDRS', false)] };
  assert.match(
    (await through({ extensions: ['8BITMIME'] }, mail(['b@x.test'], wish))).heard[1] ?? '',
    /> BODY=8BITMIME$/,
  );
  const needs = mail(['b@x.test'], { senderExtras: [extra('SMTPUTF8', 'SMTPUTF8', true)] });
  assert.match((await through({ extensions: [] }, needs)).told, /^lacks SMTPUTF8$/);
});

const answers: readonly (readonly [what: string, SinkOptions['answer'], readonly string[], RegExp])[] = [
  [
    'MAIL refused',
    (line) => (/^MAIL/.test(line) ? '550 no' : undefined),
    ['b@x.test', 'c@x.test'],
    /^refused 550, refused 550$/,
  ],
  [
    'one RCPT of two refused',
    (line) => (/^RCPT.*<c@/.test(line) ? '550 5.1.1 who?' : undefined),
    ['b@x.test', 'c@x.test'],
    /^withheld 250, refused 550$/,
  ],
  ['DATA refused', (line) => (line === 'DATA' ? '451 later' : undefined), ['b@x.test'], /^refused 451$/],
  ['the message refused', (line) => (line === '.' ? '554 5.7.1 spam' : undefined), ['b@x.test'], /^refused 554$/],
  ['hung up on at DATA', (line) => (line === 'DATA' ? 'close' : undefined), ['b@x.test'], /closed the connection/],
  ['an answer with a bare CR', (line) => (line === '.' ? '550 a\rb' : undefined), ['b@x.test'], /two ways/],
  ['an answer that is none', (line) => (line === '.' ? 'hello' : undefined), ['b@x.test'], /cannot be read/],
  ['250 to DATA', (line) => (line === 'DATA' ? '250 what' : undefined), ['b@x.test'], /answer to DATA that is none/],
];
for (const [what, answer, to, expected] of answers) {
  test(`${what}: nothing is kept by the server, and it is told as it is`, async () => {
    const { told, mails } = await through({ ...(answer === undefined ? {} : { answer }) }, mail(to));
    assert.match(told, expected);
    assert.equal(mails.length, 0);
  });
}

test('LMTP answers for each recipient', async () => {
  const answer = (line: string) => (line === '. c@x.test' ? '452 4.2.2 full' : undefined);
  const { told } = await through({ lmtp: true, answer }, mail(['b@x.test', 'c@x.test']), 'lmtp');
  assert.equal(told, 'accepted 250, refused 452');
});

test('a message nobody waits for any more is not sent', async () => {
  const { mails } = await through({}, mail(['b@x.test'], { wanted: () => false }));
  assert.equal(mails.length, 0);
});

test('a connection serves one message after the other, also after a refusal', async () => {
  await using sink = await mailSink({ answer: (line) => (/<c@/.test(line) ? '550 no' : undefined) });
  const { pool } = poolTo(sink.port);
  for (const to of ['b@x.test', 'c@x.test', 'd@x.test']) await pool.handOn(mail([to]));
  pool.close();
  assert.equal(sink.mails.length, 2);
  assert.equal(sink.heard.filter((line) => line === 'RSET').length, 1);
  // While one begins anew, the next message may open another.
  assert.ok(sink.connections <= 2);
});

test('a connection on which many recipients were refused is left before the server slows it down', async () => {
  const errors: number[] = [];
  await using sink = await mailSink({
    answer(line) {
      // An empty line stands for a new connection.
      if (line === '') errors.push(0);
      if (!line.startsWith('RCPT TO:<nobody')) return undefined;
      errors.push((errors.pop() ?? 0) + 1);
      return '550 5.1.1 unknown';
    },
  });
  const { pool } = poolTo(sink.port, { connections: 1 });
  for (let count = 0; count < 20; count++) {
    const result = await pool.handOn(mail([`nobody${count}@x.test`], { probe: true }));
    assert.equal(result.kind === 'answered' && result.recipients[0]?.code, 550);
  }
  assert.equal((await pool.handOn(mail())).kind, 'answered');
  assert.equal(sink.mails.length, 1);
  assert.deepEqual(errors, [8, 8, 4]);
  pool.close();
});

test('a connection that the server closed meanwhile costs another try and no message', async () => {
  let closing = false;
  await using sink = await mailSink({
    answer(line) {
      if (!closing || !/^MAIL/.test(line)) return undefined;
      closing = false;
      return 'close';
    },
  });
  const { pool } = poolTo(sink.port);
  await pool.handOn(mail());
  closing = true;
  assert.equal((await pool.handOn(mail())).kind, 'answered');
  pool.close();
  assert.deepEqual([sink.connections, sink.mails.length], [2, 2]);
});

test('more messages than connections wait their turn', async () => {
  await using sink = await mailSink();
  const { pool } = poolTo(sink.port, { connections: 2 });
  const results = await Promise.all(Array.from({ length: 50 }, () => pool.handOn(mail())));
  pool.close();
  assert.ok(results.every(({ kind }) => kind === 'answered'));
  assert.ok(sink.connections <= 2);
  assert.equal(sink.mails.length, 50);
});

test('a server that is down is known to be until it is back', async () => {
  const gone = await mailSink();
  await gone.close();
  const { pool, notes } = poolTo(gone.port);
  assert.equal((await pool.handOn(mail())).kind, 'failed');
  assert.equal(pool.available, false);
  assert.match(notes[0] ?? '', /^down ECONNREFUSED/);
  await using back = await mailSink({ port: gone.port });
  for (const end = performance.now() + 5_000; !pool.available && performance.now() < end; ) {
    pool.sweep();
    await systemClock.sleep(20);
  }
  assert.equal((await pool.handOn(mail())).kind, 'answered');
  pool.close();
  assert.equal(back.mails.length, 1);
});

test('replies behind the answer to STARTTLS are not taken for replies inside TLS (CVE-2021-38371)', async () => {
  await using server = await scriptedServer(
    byVerb('220 sink.test ESMTP', {
      EHLO: '250-sink.test\r\n250 STARTTLS',
      STARTTLS: '220 go on\r\n250-sink.test\r\n250 PIPELINING',
    }),
  );
  const tls: UpstreamTls = {
    mode: 'starttls',
    name: 'sink.test',
    context: createSecureContext(),
    trust: { kind: 'roots' },
  };
  const { pool } = poolTo(server.port, { tls });
  const result = await pool.handOn(mail());
  pool.close();
  assert.match(result.kind === 'failed' ? result.detail : '', /in front of the handshake/);
});

test('TLS that is wanted and not offered is not gone without', async () => {
  await using sink = await mailSink();
  const tls: UpstreamTls = {
    mode: 'starttls',
    name: 'sink.test',
    context: createSecureContext(),
    trust: { kind: 'roots' },
  };
  const { pool } = poolTo(sink.port, { tls });
  const result = await pool.handOn(mail());
  pool.close();
  assert.match(result.kind === 'failed' ? result.detail : '', /wanted and not offered/);
  assert.equal(sink.mails.length, 0);
});

test('a control byte in an envelope is not sent, wherever it came from', async () => {
  const { told, heard } = await through({}, mail(['b@x.test>\r\nRCPT TO:<c@x.test']));
  assert.match(told, /control byte/);
  assert.ok(!heard.some((line) => line.startsWith('MAIL')));
});
