/** AUTH through the edge to real servers: a login opens the way out in its own name, and nothing else does. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { selfSigned } from '../harness/certificate.ts';
import { type Dialogue, dialogue, until } from '../harness/dialogue.ts';
import { type RunningEdge, withEdge } from '../harness/edge.ts';
import { mailSink } from '../harness/mail-sink.ts';
import { arrived, type RunningServer, type Server, withServer } from '../harness/server.ts';
import { PASSWORD } from '../harness/servers/dovecot.ts';
import { eximSubmission } from '../harness/servers/exim-submission.ts';
import { postfixSubmission } from '../harness/servers/postfix-submission.ts';
import { toolFor } from '../harness/tool.ts';

const BODY = 'Subject: out\r\nFrom: <alice@example.test>\r\n\r\nhello\r\n';
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A server of submission that hands on to `nextHop`, and an edge whose door is one of submission, in front of it. */
async function behind(
  t: TestContext,
  upstream: Server,
  nextHop: { readonly address: string; readonly port: number },
  config: string,
  body: (edge: RunningEdge, server: RunningServer) => Promise<void>,
): Promise<void> {
  const tls = await selfSigned(['mx.example.test']);
  if ('kind' in tls) {
    if (process.env['MAILWARD_NO_SKIP'] === '1') throw new Error(tls.reason);
    t.skip(tls.reason);
    return;
  }
  const pin = new X509Certificate(tls.certificate).fingerprint256;
  await withServer(t, upstream, { tls, nextHop }, (server) => {
    const to = `{ to: "smtp+tls://${server.address}:${server.port}", pin: "${pin}" }`;
    return withEdge(
      {
        upstream: '127.0.0.1:9',
        listen: 'submission://127.0.0.1:0',
        config: `submission: { upstream: ${to} }\n${config}`,
      },
      (edge) => body(edge, server),
    );
  });
}

async function securely(edge: RunningEdge): Promise<{ readonly line: Dialogue; readonly offered: string }> {
  const line = await dialogue(edge.port);
  await line.next();
  await line.say('EHLO client.test');
  await line.say('STARTTLS');
  await line.startTls();
  return { line, offered: await line.say('EHLO client.test') };
}

for (const upstream of [eximSubmission, postfixSubmission]) {
  test(`swaks logs in at ${upstream.product} through the edge and sends to the world`, async (t) => {
    const swaks = await toolFor(t, 'swaks', 'swaks');
    if (swaks === null) return;
    await using sink = await mailSink();
    await behind(t, upstream, sink, '', async (edge) => {
      for (const mechanism of ['PLAIN', 'LOGIN']) {
        const said = await swaks.run([
          ...['--server', edge.address, '--port', String(edge.port), '--ehlo', 'client.test', '--tls'],
          ...['--auth', mechanism, '--auth-user', 'alice', '--auth-password', PASSWORD],
          ...['--from', 'alice@example.test', '--to', 'world@elsewhere.test', '--data', BODY.replaceAll('\r\n', '\\n')],
        ]);
        assert.match(said, /235 2\.7\.0 Authentication successful/);
        assert.match(said, /250 2\.0\.0 Accepted/);
      }
      await until(() => sink.mails.length === 2, 30_000);
      assert.deepEqual(sink.mails[0]?.recipients, ['world@elsewhere.test']);
      await until(async () => (await edge.events()).filter(({ event }) => event === 'message').length === 2, 5_000);
      const said = JSON.stringify(await edge.events()) + edge.said;
      assert.ok(!said.includes(PASSWORD) && !said.includes(base64(PASSWORD)), 'the password is in no log');
    });
  });

  test(`a wrong password at ${upstream.product} opens nothing, three times and no fourth`, async (t) => {
    await using sink = await mailSink();
    await behind(t, upstream, sink, '', async (edge, server) => {
      const { line, offered } = await securely(edge);
      assert.match(offered, /^250[- ]AUTH PLAIN LOGIN\r$/m);
      assert.match(await line.say('MAIL FROM:<alice@example.test>'), /^530 5\.7\.0 /);
      for (let number = 0; number < 3; number++)
        assert.equal(
          await line.say(`AUTH PLAIN ${base64(`\0alice\0guess ${number}`)}`),
          '535 5.7.8 Authentication credentials invalid\r\n',
        );
      assert.match(await line.say(`AUTH PLAIN ${base64(`\0alice\0${PASSWORD}`)}`), /^421 /);
      line.close();
      // Our words, whoever stands behind.
      assert.doesNotMatch(offered, new RegExp(`Exim|Postfix|Dovecot|${server.hostName}`, 'i'));
    });
  });
}

test('who has logged in reaches a mailbox here, too, and the trace says by AUTH and not from where', async (t) => {
  await using sink = await mailSink();
  await behind(t, eximSubmission, sink, 'recipients: { ask: false }', async (edge, server) => {
    const { line } = await securely(edge);
    assert.match(await line.say(`AUTH PLAIN ${base64(`\0alice\0${PASSWORD}`)}`), /^235 /);
    await line.say('MAIL FROM:<alice@example.test>');
    await line.say('RCPT TO:<bob@example.test>');
    await line.say('DATA');
    assert.match(await line.say(`${BODY}.`), /^250 /);
    line.close();
    const [text = ''] = await arrived(server, 'bob');
    assert.match(text, /^Received: from mx\.edge\.test\r?\n\tby mx\.edge\.test with ESMTPSA id /m);
    assert.doesNotMatch(text, /client\.test|127\.0\.0\.1\]\)\r?\n\tby mx\.edge/);
  });
});

test('while the server of strangers is down, who has logged in writes to his colleagues and to the world', async (t) => {
  await using sink = await mailSink();
  // The upstream that is asked about recipients is 127.0.0.1:9, where nobody is.
  await behind(t, eximSubmission, sink, '', async (edge, server) => {
    const { line } = await securely(edge);
    assert.match(await line.say(`AUTH PLAIN ${base64(`\0alice\0${PASSWORD}`)}`), /^235 /);
    for (const to of ['bob@example.test', 'world@elsewhere.test']) {
      assert.match(await line.say('MAIL FROM:<alice@example.test>'), /^250 /);
      assert.match(await line.say(`RCPT TO:<${to}>`), /^250 /, to);
      await line.say('DATA');
      assert.match(await line.say(`${BODY}.`), /^250 /, to);
    }
    line.close();
    assert.equal((await arrived(server, 'bob')).length, 1);
    await until(() => sink.mails.length === 1, 10_000);
  });
});

test('a stolen account stops at its bound, and another goes on', async (t) => {
  await using sink = await mailSink();
  const accounts = 'accounts: { messages: { burst: 5, perMinute: 0.1 }, recipients: { burst: 12, perMinute: 0.1 } }';
  await behind(t, eximSubmission, sink, accounts, async (edge) => {
    const thief = (await securely(edge)).line;
    await thief.say(`AUTH PLAIN ${base64(`\0alice\0${PASSWORD}`)}`);
    const codes: string[] = [];
    for (let number = 0; number < 8; number++) {
      codes.push((await thief.say(`MAIL FROM:<any${number}@example.test>`)).slice(0, 3));
      await thief.say('RSET');
    }
    assert.deepEqual(codes, ['250', '250', '250', '250', '250', '451', '451', '451']);
    thief.close();
    const again = (await securely(edge)).line;
    await again.say(`AUTH PLAIN ${base64(`\0alice\0${PASSWORD}`)}`);
    assert.match(await again.say('MAIL FROM:<alice@example.test>'), /^451 4\.7\.1 /, 'a new connection does not help');
    again.close();
    const honest = (await securely(edge)).line;
    await honest.say(`AUTH PLAIN ${base64(`\0bob\0${PASSWORD}`)}`);
    assert.match(await honest.say('MAIL FROM:<bob@example.test>'), /^250 /);
    const taken: string[] = [];
    for (let number = 0; number < 14; number++)
      taken.push((await honest.say(`RCPT TO:<x${number}@elsewhere.test>`)).slice(0, 3));
    assert.equal(taken.filter((code) => code === '250').length, 12);
    assert.deepEqual(taken.slice(12), ['451', '451']);
    honest.close();
    for (const rule of ['account/messages', 'account/recipients'])
      await until(async () => JSON.stringify(await edge.events()).includes(`"${rule}"`), 5_000);
  });
});

test('with a next hop for mail of the inside, a login proves who it is and the mail goes there', async (t) => {
  await using sink = await mailSink();
  await using hop = await mailSink();
  await behind(t, eximSubmission, sink, `outbound: "127.0.0.1:${hop.port}"`, async (edge) => {
    const { line } = await securely(edge);
    await line.say(`AUTH PLAIN ${base64(`\0alice\0${PASSWORD}`)}`);
    await line.say('MAIL FROM:<alice@example.test>');
    await line.say('RCPT TO:<world@elsewhere.test>');
    await line.say('DATA');
    assert.match(await line.say(`${BODY}.`), /^250 /);
    line.close();
    await until(() => hop.mails.length === 1, 10_000);
    assert.equal(sink.mails.length, 0);
  });
});

test('when the server that knows the passwords is down, nobody is told that his is wrong', async () => {
  await withEdge({ upstream: '127.0.0.1:9', listen: 'submission://127.0.0.1:0' }, async (edge) => {
    const { line } = await securely(edge);
    assert.match(await line.say(`AUTH PLAIN ${base64(`\0alice\0${PASSWORD}`)}`), /^454 4\.7\.0 /);
    line.close();
  });
});
