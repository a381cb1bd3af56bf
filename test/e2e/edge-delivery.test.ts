/** The edge in front of real servers, fed by real clients: each message arrives once, byte for byte but for the trace headers. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { send } from '../harness/client.ts';
import { dialogue, until } from '../harness/dialogue.ts';
import { startEdge, withEdge } from '../harness/edge.ts';
import { mailSink } from '../harness/mail-sink.ts';
import { arrived, type Server, withServer } from '../harness/server.ts';
import { exim } from '../harness/servers/exim.ts';
import { opensmtpd } from '../harness/servers/opensmtpd.ts';
import { postfix } from '../harness/servers/postfix.ts';
import { sendmail } from '../harness/servers/sendmail.ts';
import { toolFor } from '../harness/tool.ts';

const BODY = 'Subject: through the edge\r\nFrom: <carol@sender.test>\r\n\r\n.one dot\r\n..two dots\r\nend  \r\n';

/** The same as a client puts it on the wire, without its last line end, which `send` adds. */
const STUFFED = BODY.replaceAll('\r\n.', '\r\n..').slice(0, -2);

for (const upstream of [postfix, exim]) {
  for (const tls of [false, true]) {
    test(`swaks delivers to ${upstream.product} behind the edge, ${tls ? 'inside TLS' : 'in the clear'}`, async (t) => {
      const swaks = await toolFor(t, 'swaks', 'swaks');
      if (swaks === null) return;
      await withServer(t, upstream, {}, (server) =>
        withEdge({ upstream: `${server.address}:${server.port}` }, async (edge) => {
          const said = await swaks.run([
            ...['--server', edge.address, '--port', String(edge.port), '--ehlo', 'client.sender.test'],
            ...['--from', 'carol@sender.test', '--to', 'alice@example.test', '--data', BODY.replaceAll('\r\n', '\\n')],
            ...(tls ? ['--tls'] : []),
          ]);
          assert.match(said, /250 2\.0\.0 Accepted/);
          if (tls) assert.match(said, /TLS started/);
          const [text = ''] = await arrived(server, 'alice');
          assert.match(text, /^\.one dot\r?\n\.\.two dots\r?\nend {2}\r?$/m);
          const protocol = tls ? 'ESMTPS' : 'ESMTP';
          assert.match(
            text,
            new RegExp(
              `^Received: from client\\.sender\\.test \\(\\[127\\.0\\.0\\.1\\]\\)\r?\n\tby mx\\.edge\\.test with ${protocol} id `,
              'm',
            ),
          );
        }),
      );
    });
  }
}

const SENDERS: readonly Server[] = [postfix, exim, sendmail, opensmtpd];
for (const sender of SENDERS) {
  test(`${sender.product} sends through the edge, inside TLS`, async (t) => {
    await using sink = await mailSink();
    await withEdge({ upstream: `127.0.0.1:${sink.port}`, domains: ['inside.test'] }, (edge) =>
      withServer(t, sender, { nextHop: edge, domain: 'sender.test' }, async (server) => {
        // The others take TLS that is offered; Postfix must be told.
        if (sender === postfix) {
          const conf = `MAIL_CONFIG=${server.folder}/conf`;
          await server.exec('env', [conf, 'postconf', '-e', 'smtp_tls_security_level = encrypt']);
          await server.exec('env', [conf, 'postfix', 'reload']);
        }
        await send(server, 'alice@sender.test', ['bob@inside.test'], STUFFED);
        await until(() => sink.mails.length > 0, 30_000);
        assert.equal(sink.mails.length, 1);
        assert.deepEqual(sink.mails[0]?.recipients, ['bob@inside.test']);
        assert.match(sink.mails[0]?.text ?? '', /^Received: from [^\n]+\n\tby mx\.edge\.test with ESMTPS id /m);
        assert.match(sink.mails[0]?.text ?? '', /\r\n\.\.one dot\r\n\.\.\.two dots\r\nend {2}\r\n$/);
      }),
    );
  });
}

test('10,000 mails of 50 sessions at once are all there, each once', async (t) => {
  const source = await toolFor(t, 'postfix', 'smtp-source');
  if (source === null) return;
  await using sink = await mailSink();
  await withEdge({ upstream: `127.0.0.1:${sink.port}`, config: 'exempt: [127.0.0.0/8]' }, async (edge) => {
    const common = ['-f', 'a@sender.test', '-t', 'alice@example.test', `${edge.address}:${edge.port}`];
    await source.run(['-s', '50', '-m', '8000', '-l', '2000', ...common]);
    await source.run(['-s', '10', '-m', '2000', '-l', '100', '-d', '-N', ...common]);
    const ids = sink.mails.map(({ text }) => /^Message-Id: (.*)\r$/m.exec(text)?.[1] ?? 'none');
    assert.equal(sink.mails.length, 10_000);
    assert.equal(new Set(ids).size, 10_000);
  });
});

test('SIGTERM lets a transaction finish, says goodbye to the idle, and ends with 0', async () => {
  await using sink = await mailSink();
  const edge = await startEdge({ upstream: `127.0.0.1:${sink.port}` });
  const idle = await dialogue(edge.port);
  const busy = await dialogue(edge.port);
  assert.match(await idle.next(), /^220 /);
  assert.match(await busy.next(), /^220 /);
  assert.match(await busy.say('EHLO a.test'), /^250-/);
  await busy.say('MAIL FROM:<a@sender.test>');
  await busy.say('RCPT TO:<alice@example.test>');
  edge.signal('SIGTERM');
  assert.match(await idle.next(), /^421 /);
  assert.match(await busy.say('DATA'), /^354 /);
  assert.match(await busy.say('Subject: last\r\n\r\nx\r\n.'), /^250 2\.0\.0 Accepted\r\n421 /);
  assert.equal(await edge.stop(), 0);
  assert.equal(sink.mails.length, 1);
});

test('while the upstream is down MAIL is deferred, and taken once it is back', async () => {
  const sink = await mailSink();
  const { port } = sink;
  await sink.close();
  await withEdge({ upstream: `127.0.0.1:${port}` }, async (edge) => {
    await until(() => edge.said.includes('is down'), 10_000);
    const first = await dialogue(edge.port);
    await first.next();
    await first.say('EHLO a.test');
    assert.match(await first.say('MAIL FROM:<a@sender.test>'), /^451 /);
    await using again = await mailSink({ port });
    await until(() => edge.said.includes('is up'), 20_000);
    assert.match(await first.say('MAIL FROM:<a@sender.test>'), /^250 /);
    await first.say('RCPT TO:<alice@example.test>');
    await first.say('DATA');
    assert.match(await first.say('Subject: later\r\n\r\nx\r\n.'), /^250 /);
    assert.equal(again.mails.length, 1);
  });
});

test('three processes share a port; one that is killed is replaced, and SIGTERM ends all', async () => {
  await using sink = await mailSink();
  const edge = await startEdge({ upstream: `127.0.0.1:${sink.port}`, config: 'workers: 3' });
  const deliver = async (): Promise<boolean> => {
    const replies = await send(edge, 'a@sender.test', ['alice@example.test'], 'Subject: x\n\nx').catch(() => []);
    return replies.at(-1)?.startsWith('250') ?? false;
  };
  for (let count = 0; count < 30; count++) assert.ok(await deliver());
  const victims = childrenOf(edge.pid);
  assert.equal(victims.length, 3);
  process.kill(victims[0] as number, 'SIGKILL');
  await until(() => edge.said.includes('another takes its place'), 10_000);
  await until(() => childrenOf(edge.pid).length === 3, 10_000);
  for (let count = 0; count < 30; count++) assert.ok(await deliver());
  assert.equal(sink.mails.length, 60);
  assert.equal(await edge.stop(), 0);
  assert.ok(victims.every((pid) => !existsSync(`/proc/${pid}`)));
});

/** Processes whose parent is `pid`. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}
