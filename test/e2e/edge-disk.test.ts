/** Disks that are full, slow or silent: nothing that was acknowledged is lost, nobody else waits, and the operator sees it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readdirSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Dialogue, dialogue, until } from '../harness/dialogue.ts';
import { startEdge } from '../harness/edge.ts';
import { mailSink } from '../harness/mail-sink.ts';
import { slowDisk } from '../harness/slow-disk.ts';
import { emptyDisk, fillDisk, seenBy, withSmallDisk } from '../harness/small-disk.ts';

/** A hello without a dot breaks `hello/no-name`; 127.0.0.2 is exempt from load, and from that rule. */
const CONFIG =
  'rules: { hello/no-name: { action: quarantine } }\nexempt: [127.0.0.2/32]\nmetrics: { listen: "127.0.0.1:0" }\n';
const KNOWN = { localAddress: '127.0.0.2' };

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mailward-disk-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Sent {
  readonly answer: string;
  readonly took: number;
}

async function letter(port: number, id: string, hello: string, from: { localAddress?: string } = {}): Promise<Sent> {
  const client: Dialogue = await dialogue(port, from);
  const began = performance.now();
  try {
    let answer = await client.next();
    for (const line of [
      `EHLO ${hello}`,
      'MAIL FROM:<a@sender.test>',
      'RCPT TO:<b@example.test>',
      'DATA',
      `X-Id: ${id}\r\n\r\nbody\r\n.`,
    ])
      if (/^[23]/.test(answer)) answer = await client.say(line);
    return { answer: answer.slice(0, 3), took: performance.now() - began };
  } finally {
    client.close();
  }
}

const logged = (folder: string): Record<string, unknown>[] =>
  readFileSync(join(folder, 'log', 'edge.ndjson'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

test('a full disk: mail goes on for those who are known, quarantine defers, strangers come again; afterwards all is as before, and told', async (t) => {
  const place = join(folderOf(t), 'disk');
  const within = await withSmallDisk(place);
  if (typeof within === 'string') {
    assert.notEqual(process.env['MAILWARD_NO_SKIP'], '1', within);
    return t.skip(within);
  }
  await using sink = await mailSink();
  const arrived = () => sink.mails.map(({ text }) => /^X-Id: (\S+)\r$/m.exec(text)?.[1]);
  const edge = await startEdge({ upstream: `127.0.0.1:${sink.port}`, config: CONFIG, data: place, within });
  try {
    const disk = seenBy(edge.pid, place);
    const page = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${edge.metricsPort}${path}`);
      return { code: response.status, text: await response.text() };
    };
    const acknowledged: string[] = [];
    const send = async (id: string, hello = 'mx.sender.test', from = {}) => {
      const { answer } = await letter(edge.port, id, hello, from);
      if (answer === '250') acknowledged.push(id);
      return answer;
    };
    assert.equal(await send('before'), '250');
    fillDisk(disk);
    // What is to be kept back, before the load is seen: nothing of it is left, and nothing of it was taken.
    assert.equal(await send('kept-early', 'nameless'), '451');
    assert.deepEqual(readdirSync(join(disk, 'quarantine')), []);
    await until(async () => (await page('/metrics')).text.includes('mailward_edge_pressure_level 2'), 15_000);
    assert.equal((await page('/readyz')).code, 503);
    assert.equal((await page('/healthz')).code, 200);
    assert.match((await page('/metrics')).text, /^mailward_edge_quarantine_full_total 1$/m);
    assert.equal(await send('stranger'), '421');
    for (let number = 0; number < 50; number++)
      assert.equal(await send(`known-${number}`, 'mx.known.test', KNOWN), '250');
    await until(() => edge.said.includes('the quarantine is full'), 1_000);

    emptyDisk(disk);
    await until(async () => (await page('/readyz')).code === 200, 20_000);
    assert.equal(await send('after'), '250');
    assert.equal(await send('kept-late', 'nameless'), '550');
    assert.equal(readdirSync(join(disk, 'quarantine')).length, 2);
    assert.deepEqual(arrived(), acknowledged);
    // The log has all of it, from the time without room too.
    await until(() => logged(disk).filter(({ event }) => event === 'message').length === 54, 10_000);
    const levels = logged(disk)
      .filter(({ event }) => event === 'pressure')
      .map(({ signal, to }) => `${signal} ${to}`);
    assert.deepEqual([levels[0], levels.at(-1)], ['disk full', 'disk normal']);
    const counters = logged(disk).filter(({ event }) => event === 'counters');
    assert.deepEqual([counters[0]?.['state'], counters.at(-1)?.['state']], ['alone', 'shared']);
    assert.match((await page('/metrics')).text, /^mailward_edge_log_lines_lost_total 0$/m);
  } finally {
    await edge.stop();
  }
});

test('a log that is a pipe and is not read holds up no session and no end, in bounded memory', async (t) => {
  const path = join(folderOf(t), 'log');
  execFileSync('mkfifo', [path]);
  const end = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  await using sink = await mailSink();
  const edge = await startEdge({ upstream: `127.0.0.1:${sink.port}`, config: `${CONFIG}log: ${path}\n` });
  try {
    const times: number[] = [];
    for (let number = 0; number < 100; number++) {
      const { answer, took } = await letter(edge.port, `m${number}`, 'mx.known.test', KNOWN);
      assert.equal(answer, '250');
      times.push(took);
    }
    assert.equal(sink.mails.length, 100);
    assert.ok(Math.max(...times) < 1_000, String(Math.max(...times)));
    // Who reads again finds whole lines, the oldest first.
    const piece = Buffer.alloc(65_536);
    const text = piece.toString('utf8', 0, readSync(end, piece));
    for (const line of text.split('\n').slice(0, -1)) JSON.parse(line);
    const began = performance.now();
    edge.signal('SIGTERM');
    assert.equal(await edge.ended, 0);
    assert.ok(performance.now() - began < 10_000);
  } finally {
    closeSync(end);
    await edge.stop();
  }
});

test('a disk that takes seconds to confirm makes wait whose message is kept back, and nobody else', async (t) => {
  const folder = folderOf(t);
  const env = await slowDisk(folder, 400);
  if (typeof env === 'string') return t.skip(env);
  await using sink = await mailSink();
  const edge = await startEdge({ upstream: `127.0.0.1:${sink.port}`, config: CONFIG, env });
  try {
    const kept = Array.from({ length: 6 }, (_, number) => letter(edge.port, `kept-${number}`, 'nameless'));
    const times: number[] = [];
    let over = false;
    const slow = Promise.all(kept).finally(() => {
      over = true;
    });
    while (!over) times.push((await letter(edge.port, `known-${times.length}`, 'mx.known.test', KNOWN)).took);
    // Each has two files and a folder confirmed.
    for (const { answer, took } of await slow) {
      assert.equal(answer, '550');
      assert.ok(took > 1_000, String(took));
    }
    assert.equal(readdirSync(join(edge.folder, 'data', 'quarantine')).length, 12);
    assert.equal(sink.mails.length, times.length);
    times.sort((a, b) => a - b);
    assert.ok(times.length > 20 && (times[Math.floor(times.length * 0.99)] as number) < 1_000, times.join(' '));
  } finally {
    await edge.stop();
  }
});
