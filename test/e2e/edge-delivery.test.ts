/** The edge in front of real servers, fed by real clients: each message arrives once, byte for byte but for the trace headers. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { test } from 'node:test';
import { send } from '../harness/client.ts';
import { dialogue, until } from '../harness/dialogue.ts';
import { startEdge, withEdge } from '../harness/edge.ts';
import { freePort } from '../harness/loopback.ts';
import { mailSink } from '../harness/mail-sink.ts';
import { arrived, withServer } from '../harness/server.ts';
import { exim } from '../harness/servers/exim.ts';
import { postfix } from '../harness/servers/postfix.ts';
import { toolFor } from '../harness/tool.ts';

const BODY = 'Subject: through the edge\r\nFrom: <carol@sender.test>\r\n\r\n.one dot\r\n..two dots\r\nend  \r\n';

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

test('who closes its side behind QUIT hears all answers, as Exim does; who closes it without is gone, and nothing goes on', async () => {
  await using sink = await mailSink();
  await withEdge({ upstream: `127.0.0.1:${sink.port}`, config: 'greetWait: 0s\nnames: false' }, async (edge) => {
    const say = async (last: string): Promise<string> => {
      const socket = connect({ port: edge.port, host: edge.address, allowHalfOpen: true });
      let heard = '';
      socket.on('data', (bytes) => {
        heard += bytes.toString('latin1');
        if (/354 [^\r]*\r\n$/.test(heard)) socket.end(`Subject: x\r\n\r\nx\r\n.\r\n${last}`);
      });
      socket.write('');
      await until(() => heard.startsWith('220 '), 10_000);
      socket.write('EHLO a.test\r\n');
      await until(() => /250 [^\r]*\r\n$/.test(heard), 10_000);
      socket.write('MAIL FROM:<a@sender.test>\r\nRCPT TO:<alice@example.test>\r\nDATA\r\n');
      await once(socket, 'close');
      return heard;
    };
    assert.match(await say('QUIT\r\n'), /354 [^\r]*\r\n250 2\.0\.0 Accepted\r\n221 [^\r]*\r\n$/);
    assert.equal(sink.mails.length, 1);
    assert.match(await say(''), /354 [^\r]*\r\n$/);
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

test('three processes share a port; one that is killed is replaced, even the last one, and SIGTERM ends all', async () => {
  await using sink = await mailSink();
  // Who comes when the last one is gone binds the port anew.
  const listen = `127.0.0.1:${await freePort('127.0.0.1')}`;
  const edge = await startEdge({ upstream: `127.0.0.1:${sink.port}`, config: 'workers: 3', listen });
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
  const killed = childrenOf(edge.pid);
  for (const pid of killed) process.kill(pid, 'SIGKILL');
  await until(() => childrenOf(edge.pid).filter((pid) => !killed.includes(pid)).length === 3, 10_000);
  await until(deliver, 10_000);
  assert.equal(await edge.stop(), 0);
  assert.ok(victims.every((pid) => !existsSync(`/proc/${pid}`)));
});

/** Processes whose parent is `pid`. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}
