/** No password goes to a server that was not proven to be the one that is set: not inside TLS, and not in the clear once somebody took STARTTLS away. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { createServer } from 'node:tls';
import { makeCertificate } from '../../src/net/tls-certificate.ts';
import { dialogue } from '../harness/dialogue.ts';
import { withEdge } from '../harness/edge.ts';
import { mailSink } from '../harness/mail-sink.ts';

const SECRET = Buffer.from('\0alice\0secret').toString('base64');

/** What a person hears who logs in at an edge that asks `to` about passwords. */
async function loggedIn(to: string): Promise<string> {
  let answer = '';
  const config = `submission: { upstream: { to: "${to}" } }`;
  await withEdge({ upstream: '127.0.0.1:9', listen: 'submission://127.0.0.1:0', config }, async (edge) => {
    const line = await dialogue(edge.port);
    await line.next();
    await line.say('EHLO client.test');
    await line.say('STARTTLS');
    await line.startTls();
    await line.say('EHLO client.test');
    answer = await line.say(`AUTH PLAIN ${SECRET}`);
    line.close();
  });
  return answer;
}

test('where STARTTLS is taken away, a person hears "later" and the password stays here', async () => {
  await using sink = await mailSink({ extensions: ['AUTH PLAIN LOGIN', 'PIPELINING'] });
  assert.match(await loggedIn(`smtp+tls://127.0.0.1:${sink.port}`), /^454 4\.7\.0 /);
  assert.ok(sink.heard.length > 0);
  assert.deepEqual(
    sink.heard.filter((line) => !/^(?:EHLO|QUIT)/.test(line)),
    [],
  );
});

test('where the certificate is nobody’s, a person hears "later" and the password stays here', async () => {
  const day = 86_400_000;
  const { certificate, key } = makeCertificate({
    names: ['mail.example.test'],
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + day),
  });
  let heard = '';
  const server = createServer({ cert: certificate, key }, (socket) => {
    socket
      .on('error', () => undefined)
      .on('data', (bytes: Buffer) => {
        heard += bytes.toString('latin1');
        socket.write('250-mail.example.test\r\n250 AUTH PLAIN LOGIN\r\n');
      });
    socket.write('220 mail.example.test ESMTP\r\n');
  }).listen(0, '127.0.0.1');
  server.on('tlsClientError', () => undefined);
  await once(server, 'listening');
  try {
    assert.match(await loggedIn(`smtps://127.0.0.1:${(server.address() as { port: number }).port}`), /^454 4\.7\.0 /);
    assert.equal(heard, '');
  } finally {
    server.close();
  }
});
