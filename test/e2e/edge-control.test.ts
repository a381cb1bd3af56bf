/** A gateway that runs is asked, paused and ended over its socket, and read by machines over HTTP; by one process and by several. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Dialogue, dialogue, until } from '../harness/dialogue.ts';
import { type RunningEdge, startEdge, withEdge } from '../harness/edge.ts';
import { mailSink } from '../harness/mail-sink.ts';
import { mailward } from '../harness/program.ts';

const config = (workers: number) => `workers: ${workers}\nexempt: [127.0.0.0/8]\nmetrics: { listen: "127.0.0.1:0" }\n`;

async function letter(edge: RunningEdge, id: string): Promise<string> {
  const client = await dialogue(edge.port);
  await client.next();
  for (const line of ['EHLO a.test', 'MAIL FROM:<a@sender.test>', 'RCPT TO:<b@example.test>', 'DATA'])
    await client.say(line);
  const answer = await client.say(`Message-ID: <${id}>\r\nFrom: <a@sender.test>\r\nSubject: x\r\n\r\nx\r\n.`);
  client.close();
  return answer.slice(0, 3);
}

async function asked(edge: RunningEdge, action: string): Promise<Record<string, unknown>[]> {
  const { status, out, err } = await mailward(['edge', action, '--data', join(edge.folder, 'data'), '--json']);
  assert.equal(status, 0, err);
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

const page = async (edge: RunningEdge, path: string) => {
  const response = await fetch(`http://127.0.0.1:${edge.metricsPort}${path}`);
  return { code: response.status, text: await response.text() };
};

for (const workers of [1, 2]) {
  test(`${workers} process${workers === 1 ? '' : 'es'}: status, sessions, pause, resume, metrics, health`, async () => {
    await using sink = await mailSink();
    await withEdge({ upstream: `127.0.0.1:${sink.port}`, config: config(workers) }, async (edge) => {
      const sitting: Dialogue[] = [];
      for (let index = 0; index < 4; index++) {
        const client = await dialogue(edge.port);
        await client.next();
        await client.say(`EHLO client${index}.test`);
        sitting.push(client);
      }
      for (let index = 0; index < 6; index++) assert.equal(await letter(edge, `m${index}@sender.test`), '250');

      const [status] = await asked(edge, 'status');
      assert.equal(status?.['schema'], 'mailward/edge-status/1');
      assert.equal(status?.['state'], 'serving');
      assert.equal(status?.['level'], 'normal');
      assert.deepEqual(status?.['messages'], { accepted: 6, putOff: 0, refused: 0 });
      assert.equal((status?.['workers'] as unknown[] | undefined)?.length, workers);

      const sessions = await asked(edge, 'sessions');
      assert.deepEqual(sessions.map(({ hello }) => hello).sort(), [
        'client0.test',
        'client1.test',
        'client2.test',
        'client3.test',
      ]);

      const metrics = await page(edge, '/metrics');
      assert.equal(metrics.code, 200);
      assert.match(metrics.text, /^mailward_edge_messages_total\{outcome="accepted"\} 6$/m);
      assert.match(metrics.text, /^mailward_edge_messages_total\{outcome="refused"\} 0$/m);
      assert.match(metrics.text, /^mailward_edge_pressure_seconds\{signal="loopDelay"\} [\d.e-]+$/m);
      // What promtool asks of names: counters end in _total and nothing else does; units are base units.
      for (const [, name = '', type] of metrics.text.matchAll(/^# TYPE (mailward_\w+) (\w+)$/gm)) {
        assert.equal(name.endsWith('_total'), type === 'counter', name);
        assert.doesNotMatch(name, /milli|micro|percent|_ms\b|kilo|[A-Z]/, name);
      }
      assert.match(metrics.text, /^mailward_edge_connections_total 10$/m);
      assert.match(metrics.text, /^mailward_edge_answer_seconds_count 6$/m);
      assert.match(metrics.text, /^mailward_edge_sessions 4$/m);
      assert.match(metrics.text, /^mailward_edge_upstream_available 1$/m);
      assert.match(metrics.text, /^process_cpu_seconds_total /m);
      assert.equal((await page(edge, '/healthz')).code, 200);
      assert.equal((await page(edge, '/readyz')).code, 200);
      assert.equal((await page(edge, '/other')).code, 404);

      assert.equal((await asked(edge, 'pause'))[0]?.['state'], 'paused');
      const late = await dialogue(edge.port);
      assert.match(await late.next(), /^421 4\.3\.2 Service busy/);
      assert.match((await sitting[0]?.say('NOOP')) ?? '', /^250/);
      assert.equal((await page(edge, '/readyz')).code, 503);
      assert.equal((await page(edge, '/healthz')).code, 200);
      assert.equal((await asked(edge, 'resume'))[0]?.['state'], 'serving');
      assert.equal(await letter(edge, 'after@sender.test'), '250');
      for (const client of sitting) client.close();
    });
  });
}

test('the socket is for its user alone, and takes no nonsense', async () => {
  await using sink = await mailSink();
  await withEdge({ upstream: `127.0.0.1:${sink.port}` }, async (edge) => {
    const path = join(edge.folder, 'data', 'control.sock');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    for (const nonsense of ['reboot\n', 'x'.repeat(100_000), '\n', '\0\n']) {
      const socket = connect(path);
      socket.on('error', () => undefined);
      socket.write(nonsense);
      let said = '';
      socket.setEncoding('utf8').on('data', (text) => {
        said += text;
      });
      await new Promise((resolve) => socket.on('close', resolve));
      assert.ok(said === '' || 'unknown' in JSON.parse(said), said);
    }
    assert.equal((await asked(edge, 'status'))[0]?.['state'], 'serving');
  });
});

test('drain lets a message in hand end, then the program; a second gateway in the same folder says what is wrong', async () => {
  await using sink = await mailSink();
  const edge = await startEdge({ upstream: `127.0.0.1:${sink.port}`, config: 'exempt: [127.0.0.0/8]' });
  const second = await mailward(['edge', 'status', '--data', join(edge.folder, 'nowhere')]);
  assert.equal(second.status, 3);
  assert.match(second.err, /no gateway answers in .*: none runs there; name its folder with --config or --data/);

  const client = await dialogue(edge.port);
  await client.next();
  for (const line of ['EHLO a.test', 'MAIL FROM:<a@sender.test>', 'RCPT TO:<b@example.test>', 'DATA'])
    await client.say(line);
  assert.equal((await asked(edge, 'drain'))[0]?.['state'], 'draining');
  assert.match(await client.say('From: <a@sender.test>\r\nSubject: x\r\n\r\nx\r\n.'), /^250 2\.0\.0 Accepted/);
  assert.equal(await edge.ended, 0);
  assert.equal(sink.mails.length, 1);
});

test('what became of a message is found by trace', async () => {
  await using sink = await mailSink({
    answer: (line) => (line === '.' ? '250 2.0.0 Ok: queued as 4Zq1Xy2z' : undefined),
  });
  await withEdge({ upstream: `127.0.0.1:${sink.port}`, config: 'exempt: [127.0.0.0/8]' }, async (edge) => {
    assert.equal(await letter(edge, 'find.me@sender.test'), '250');
    const client = await dialogue(edge.port);
    await client.next();
    for (const line of ['EHLO a.test', 'MAIL FROM:<a@sender.test>', 'RCPT TO:<carol@elsewhere.test>'])
      await client.say(line);
    client.close();
    const look = async (term: string) => {
      const { out } = await mailward(['trace', term, '--config', edge.file, '--json']);
      return out
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    };
    await until(async () => (await look('4zq1xy2z')).length > 0, 20_000);
    for (const term of ['<find.me@sender.test>', 'b@example.test', '127.0.0.1']) {
      const [found] = await look(term);
      assert.equal(found?.['schema'], 'mailward/trace/1');
      const [message] = (found?.['messages'] ?? []) as Record<string, unknown>[];
      assert.equal(message?.['code'], 250, term);
    }
    await until(async () => (await look('carol@elsewhere.test')).length === 1, 20_000);
  });
});
