/** What was kept back is listed, shown, handed on and thrown away by a person, whether or not the gateway runs. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { commandLine } from '../harness/command-line.ts';
import { type Dialogue, dialogue, until } from '../harness/dialogue.ts';
import { type RunningEdge, startEdge, withEdge } from '../harness/edge.ts';
import { mailSink } from '../harness/mail-sink.ts';
import type { ProgramRun } from '../harness/program.ts';
import { arrived, withServer } from '../harness/server.ts';
import { postfix } from '../harness/servers/postfix.ts';

/** A hello without a dot breaks `hello/no-name`. */
const CONFIG = 'rules: { hello/no-name: { action: quarantine } }\n';
const HOSTILE = '=?utf-8?B?G1syShtdMDtvd25lZAfigK4=?= win\x1b[31m';
const LETTER = `Subject: ${HOSTILE}\r\nX-Mailward-Verdict: clean\r\nFrom: <a@sender.test>\r\n\r\n..dot\r\nend  \r\n.`;

async function keep(
  edge: RunningEdge,
  { mail = 'MAIL FROM:<a@sender.test>', to = ['RCPT TO:<alice@example.test>'] } = {},
) {
  const client: Dialogue = await dialogue(edge.port);
  try {
    await client.next();
    for (const line of ['EHLO nameless', mail, ...to]) assert.match(await client.say(line), /^250/, line);
    await client.say('DATA');
    assert.match(await client.say(LETTER), /^550 5\.7\.1 /);
  } finally {
    client.close();
  }
}

async function desk(edge: RunningEdge, ...words: string[]): Promise<ProgramRun> {
  const { code, out, err } = await commandLine(['edge', 'quarantine', ...words, '--config', edge.file]);
  return { status: code, out, err };
}

async function listed(edge: RunningEdge): Promise<Record<string, unknown>[]> {
  const { out, err, status } = await desk(edge, 'list', '--json');
  assert.equal(status, 0, err);
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

const filesOf = (edge: RunningEdge) => readdirSync(join(edge.folder, 'data', 'quarantine'));

test('a list and a page tell who, when and why, and nothing of a stranger acts on the terminal', async () => {
  await using sink = await mailSink();
  await withEdge({ upstream: `127.0.0.1:${sink.port}`, config: CONFIG }, async (edge) => {
    assert.match((await desk(edge)).out, /^nothing is in quarantine\n$/);
    await keep(edge, { to: ['RCPT TO:<alice@example.test>', 'RCPT TO:<bob@example.test>'] });
    await keep(edge, { mail: 'MAIL FROM:<>' });
    const [first, second] = await listed(edge);
    assert.equal(first?.['schema'], 'mailward/quarantined/1');
    assert.deepEqual(first?.['recipients'], ['alice@example.test', 'bob@example.test']);
    assert.equal(first?.['subject'], '\x1b[2J\x1b]0;owned\x07\u202e win\x1b[31m');
    assert.equal(first?.['size'], Buffer.byteLength(LETTER) - 2);
    assert.equal(second?.['sender'], '');
    const { out } = await desk(edge, 'list');
    assert.match(out, /^\d{4}-\d\d-\d\d \d\d:\d\d {2}[\w-]+ {2}\d+ bytes, hello\/no-name$/m);
    assert.match(out, /^ {2}a@sender\.test to alice@example\.test and 1 more$/m);
    assert.match(out, /^2 messages, /m);
    assert.ok(out.indexOf(String(first?.['id'])) < out.indexOf(String(second?.['id'])));
    assert.ok(
      out.split('\n').every((line) => line.length <= 80),
      out,
    );
    const page = await desk(edge, 'show', String(first?.['id']));
    assert.match(page.out, /^why +hello\/no-name: hello nameless$/m);
    assert.match(page.out, /^ {2}X-Mailward-Verdict: clean$/m);
    for (const text of [out, page.out]) assert.doesNotMatch(text, /[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  });
});

test('what is released arrives in its own envelope, without words that pretend to be ours, and leaves the folder', async () => {
  await using sink = await mailSink();
  await withEdge({ upstream: `127.0.0.1:${sink.port}`, config: CONFIG }, async (edge) => {
    await keep(edge, {
      mail: 'MAIL FROM:<a@sender.test> BODY=8BITMIME RET=HDRS ENVID=q1',
      to: ['RCPT TO:<alice@example.test> NOTIFY=NEVER', 'RCPT TO:<bob@example.test>'],
    });
    await keep(edge, { mail: 'MAIL FROM:<>' });
    const ids = (await listed(edge)).map(({ id }) => String(id));
    const done = await desk(edge, 'release', ...ids);
    assert.equal(done.status, 0, done.err + done.out);
    assert.match(done.out, /^released [\w-]+\n {2}alice@example\.test: taken, 250 /);
    assert.deepEqual(filesOf(edge), []);
    const [one, two] = sink.mails;
    assert.match(two?.sender ?? '', /^<> SIZE=/);
    assert.deepEqual(one?.recipients, ['alice@example.test', 'bob@example.test']);
    assert.ok(
      sink.heard.some((line) => /^MAIL FROM:<a@sender\.test> BODY=8BITMIME RET=HDRS ENVID=q1 SIZE=/.test(line)),
    );
    assert.ok(sink.heard.includes('RCPT TO:<alice@example.test> NOTIFY=NEVER'));
    assert.match(
      one?.text ?? '',
      /^Received: from nameless \(\[127\.0\.0\.1\]\)\r\n\tby mx\.edge\.test .*\r\n.*\r\nSubject: /,
    );
    assert.doesNotMatch(one?.text ?? '', /X-Mailward/);
    assert.ok(one?.text.endsWith('\r\n\r\n..dot\r\nend  \r\n'), one?.text);
    // The end of the story is in the log, and a message that has gone cannot go again.
    const trace = await commandLine(['trace', ids[0] as string, '--config', edge.file]);
    assert.match(trace.out, /released from quarantine, message .*\n +to alice@example\.test, bob@example\.test\n/);
    const again = await desk(edge, 'release', ids[0] as string);
    assert.equal(again.status, 3);
    assert.match(again.err, /no message "[\w-]+" is in quarantine/);
  });
});

test('a real server takes what is released while the gateway is down', async (t) =>
  withServer(t, postfix, {}, async (server) =>
    withEdge({ upstream: `${server.address}:${server.port}`, config: CONFIG }, async (edge) => {
      await keep(edge);
      const [kept] = await listed(edge);
      edge.signal('SIGKILL');
      await edge.ended;
      const done = await desk(edge, 'release', String(kept?.['id']));
      assert.equal(done.status, 0, done.err + done.out);
      const [text = ''] = await arrived(server, 'alice');
      assert.match(text, /^\.dot\r?\nend {2}\r?$/m);
      assert.equal((await listed(edge)).length, 0);
    }),
  ));

test('what the server refuses stays, whole, with exit code 3; who has his copy gets no other', async () => {
  let refused = /bob/;
  await using sink = await mailSink({
    answer: (line) => (line.startsWith('RCPT') && refused.test(line) ? '550 5.1.1 no such user here' : undefined),
  });
  await withEdge(
    { upstream: `127.0.0.1:${sink.port}`, config: `${CONFIG}recipients: { ask: false }\n` },
    async (edge) => {
      await keep(edge, {
        to: ['RCPT TO:<alice@example.test>', 'RCPT TO:<bob@example.test>', 'RCPT TO:<carol@example.test>'],
      });
      const [kept] = await listed(edge);
      const id = String(kept?.['id']);
      const before = readFileSync(join(edge.folder, 'data', 'quarantine', `${id}.eml`));
      const tried = await desk(edge, 'release', id);
      assert.equal(tried.status, 3);
      assert.match(tried.out, /^released in part/);
      assert.match(tried.out, /^ {2}bob@example\.test: not taken, 550 5\.1\.1 no such user here$/m);
      assert.deepEqual(
        sink.mails.map(({ recipients }) => recipients),
        [['alice@example.test', 'carol@example.test']],
      );
      assert.deepEqual((await listed(edge))[0]?.['recipients'], ['bob@example.test']);
      assert.deepEqual(readFileSync(join(edge.folder, 'data', 'quarantine', `${id}.eml`)), before);
      refused = /nobody/;
      assert.equal((await desk(edge, 'release', id)).status, 0);
      assert.deepEqual(sink.mails.at(-1)?.recipients, ['bob@example.test']);
      assert.deepEqual(filesOf(edge), []);
    },
  );
});

test('a server that is away leaves it where it is, and so does a file that somebody changed', async () => {
  const sink = await mailSink();
  await withEdge({ upstream: `127.0.0.1:${sink.port}`, config: CONFIG }, async (edge) => {
    await keep(edge);
    await sink.close();
    const id = String((await listed(edge))[0]?.['id']);
    const away = await desk(edge, 'release', id);
    assert.equal(away.status, 3);
    assert.match(away.out, /not taken, no answer of the server: ECONNREFUSED/);
    const file = join(edge.folder, 'data', 'quarantine', `${id}.eml`);
    writeFileSync(file, readFileSync(file, 'latin1').replaceAll('\r\n', '\n'), 'latin1');
    assert.match((await desk(edge, 'release', id)).out, /its lines must end with CRLF/);
    assert.equal((await listed(edge)).length, 1);
  });
});

test('a server that falls silent at the end is waited for as long as the gateway would, and the doubt is told', async () => {
  await using sink = await mailSink({ answer: (line) => (line === '.' ? 'silence' : undefined) });
  const config = `${CONFIG}limits: { answerTimeout: 2s }\n`;
  await withEdge({ upstream: `127.0.0.1:${sink.port}`, config }, async (edge) => {
    await keep(edge);
    const id = String((await listed(edge))[0]?.['id']);
    const { status, out } = await desk(edge, 'release', id);
    assert.equal(status, 3);
    assert.match(
      out,
      /^kept .*\n.*not taken, no answer of the server: no answer in time; it may have arrived all the same$/m,
    );
    assert.equal((await listed(edge)).length, 1);
  });
});

test('what is deleted is gone; an id leads nowhere else; several are done one by one', async () => {
  await using sink = await mailSink();
  await withEdge({ upstream: `127.0.0.1:${sink.port}`, config: CONFIG }, async (edge) => {
    await keep(edge);
    const id = String((await listed(edge))[0]?.['id']);
    const { status, err, out } = await desk(edge, 'delete', '../edge', 'nothing', '', id);
    assert.equal(status, 3);
    assert.equal(err.match(/no message ".*" is in quarantine/g)?.length, 3);
    assert.equal(out, `deleted ${id}\n`);
    assert.deepEqual(filesOf(edge), []);
    assert.equal((await desk(edge, 'delete')).status, 2);
    assert.equal((await desk(edge, 'shwo')).status, 2);
    assert.equal(sink.mails.length, 0);
  });
});

test('a file of the configuration that cannot be read keeps back what should be released, and is named', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mailward-release-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'edge.yaml');
  writeFileSync(
    file,
    `upstream: "127.0.0.1:9"\ndomains: [example.test]\ndata: ${folder}\nbounceTags: { keys: ${folder}/none }\n`,
  );
  const { code, err } = await commandLine(['edge', 'quarantine', 'release', 'one', '--config', file]);
  assert.equal(code, 3);
  assert.match(err, /^mailward edge: .*\/none cannot be read: /);
});

test('what goes on under other addresses is listed by those the peer used, and released to those the server knows', async () => {
  await using sink = await mailSink();
  const config = `${CONFIG}rewrite: { inbound: { "alice@example.test": "al@in.example.test" } }\n`;
  await withEdge({ upstream: `127.0.0.1:${sink.port}`, config }, async (edge) => {
    await keep(edge);
    const [kept] = await listed(edge);
    assert.deepEqual(kept?.['recipients'], ['alice@example.test']);
    const done = await desk(edge, 'release', String(kept?.['id']));
    assert.match(done.out, /alice@example\.test: taken/);
    assert.deepEqual(sink.mails[0]?.recipients, ['al@in.example.test']);
  });
});

test('killed at any moment: what was taken into quarantine is there, whole', async () => {
  await using sink = await mailSink();
  const settings = { upstream: `127.0.0.1:${sink.port}`, config: `${CONFIG}quarantine: { answer: accept }\n` };
  let edge = await startEdge(settings);
  const taken = new Set<string>();
  let over = false;
  let number = 0;
  const client = async (): Promise<void> => {
    while (!over) {
      try {
        const line = await dialogue(edge.port);
        await line.next();
        await line.say('EHLO nameless');
        for (let sent = 0; sent < 10 && !over && !line.closed; sent++) {
          const id = `q${++number}`;
          for (const command of ['MAIL FROM:<a@sender.test>', 'RCPT TO:<alice@example.test>', 'DATA'])
            await line.say(command);
          const told = await line.say(`X-Id: ${id}\r\n\r\n${'y'.repeat(2_000)}\r\nend of ${id}\r\n.`);
          if (told.startsWith('250')) taken.add(id);
        }
        line.close();
      } catch {
        // It is being killed: nothing was answered, so nothing is owed.
        await new Promise(setImmediate);
      }
    }
  };
  const clients = Array.from({ length: 4 }, client);
  for (let round = 1; round <= 4; round++) {
    await until(() => taken.size >= round * 20, 20_000);
    edge.signal('SIGKILL');
    edge = await edge.again();
  }
  over = true;
  await Promise.all(clients);
  const folder = join(edge.folder, 'data', 'quarantine');
  const whole = new Set<string>();
  for (const { id } of await listed(edge)) {
    const text = readFileSync(join(folder, `${id}.eml`), 'latin1');
    const own = /^X-Id: (\S+)\r$/m.exec(text)?.[1] ?? '';
    assert.ok(text.endsWith(`\r\nend of ${own}\r\n`), own);
    whole.add(own);
  }
  await edge.stop();
  assert.deepEqual(
    [...taken].filter((id) => !whole.has(id)),
    [],
  );
  assert.equal(sink.mails.length, 0);
});
