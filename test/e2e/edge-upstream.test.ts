/** Real servers behind the edge: one falls and another takes over, TLS is held to what was set, and the server is told who the peer is. */
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { listenDns } from '../../src/net/dns-listener.ts';
import { readZone } from '../../src/range/zone.ts';
import { createZoneServer } from '../../src/range/zone-server.ts';
import { selfSigned } from '../harness/certificate.ts';
import { send } from '../harness/client.ts';
import { dialogue, until } from '../harness/dialogue.ts';
import { withEdge } from '../harness/edge.ts';
import { arrived, type RunningServer, withServer } from '../harness/server.ts';
import { exim } from '../harness/servers/exim.ts';
import { postfix } from '../harness/servers/postfix.ts';

const TO = ['alice@example.test'];

async function deliver(edge: { readonly address: string; readonly port: number }, subject: string): Promise<string> {
  return (await send(edge, 'a@sender.test', TO, `Subject: ${subject}\n\nx`)).at(-1)?.slice(0, 3) ?? '';
}

test('of Postfix and Exim side by side both get mail; when one falls the other takes all, and it is an event', (t) =>
  withServer(t, postfix, {}, (first) =>
    withServer(t, exim, {}, (second) =>
      withEdge(
        { upstream: `["${first.address}:${first.port}", { to: "${second.address}:${second.port}", weight: 2 }]` },
        async (edge) => {
          for (let count = 0; count < 12; count++) assert.equal(await deliver(edge, `both ${count}`), '250');
          await Promise.all([arrived(first, 'alice', 4), arrived(second, 'alice', 8)]);
          await first.stop();
          for (let count = 0; count < 10; count++) assert.equal(await deliver(edge, `one ${count}`), '250');
          const texts = await arrived(second, 'alice', 18);
          assert.equal(texts.filter((text) => /^Subject: one /m.test(text)).length, 10);
          const place = `${first.address}:${first.port}`;
          await until(() => edge.said.includes(`${place} is down`), 10_000);
          const events = await edge.events();
          assert.ok(events.some((event) => event['event'] === 'upstream' && event['place'] === place));
        },
      ),
    ),
  ));

test('Postfix is told by XCLIENT who the peer is', (t) =>
  withServer(t, postfix, {}, async (server) => {
    const conf = `MAIL_CONFIG=${server.folder}/conf`;
    await server.exec('env', [conf, 'postconf', '-e', 'smtpd_authorized_xclient_hosts = 127.0.0.0/8']);
    await server.exec('env', [conf, 'postfix', 'reload']);
    await withEdge({ upstream: `{ to: "${server.address}:${server.port}", xclient: true }` }, async (edge) => {
      for (const localAddress of ['127.0.0.7', '127.0.0.8']) {
        const client = await dialogue(edge.port, { localAddress });
        await client.next();
        await client.say('EHLO true-peer.test');
        await client.say('MAIL FROM:<a@sender.test>');
        await client.say('RCPT TO:<alice@example.test>');
        await client.say('DATA');
        assert.match(await client.say('Subject: named\r\n\r\nx\r\n.'), /^250 /);
        client.close();
      }
      const [text = ''] = await arrived(server, 'alice', 2);
      assert.match(text, /^Received: from true-peer\.test \(unknown \[127\.0\.0\.7\]\)$/m);
      assert.match(await server.log(), /client=unknown\[127\.0\.0\.8\]/);
    });
  }));

test('Postfix that is not to be told by XCLIENT, where it should, gets nothing', (t) =>
  withServer(t, postfix, {}, (server) =>
    withEdge({ upstream: `{ to: "${server.address}:${server.port}", xclient: true }` }, async (edge) => {
      const replies = await send(edge, 'a@sender.test', TO, 'Subject: unnamed\n\nx');
      assert.match(replies.find((line) => !/^[23]/.test(line)) ?? '', /^451 /);
      assert.deepEqual(await server.mailbox('alice'), []);
    }),
  ));

/** A Postfix with a certificate of its own making, a DNS server that knows of it, and an edge whose upstream is set by `entry`. */
async function withTls(
  t: TestContext,
  entry: (server: RunningServer, pin: string) => string,
  body: (edge: { readonly address: string; readonly port: number }, server: RunningServer) => Promise<void>,
  zone: (pin: string, port: number) => string = () => '',
): Promise<void> {
  const pair = await selfSigned(['mx.example.test']);
  if ('kind' in pair) throw new Error(pair.reason);
  const key = new X509Certificate(pair.certificate).publicKey.export({ type: 'spki', format: 'der' });
  const pin = createHash('sha256').update(key).digest('hex');
  await withServer(t, postfix, { tls: pair }, async (server) => {
    const text = `mx.example.test A ${server.address}\n${zone(pin, server.port)}`;
    const dns = await listenDns('127.0.0.1', 0, createZoneServer(readZone(text)));
    try {
      const settings = { upstream: entry(server, pin), config: `resolver: "127.0.0.1:${dns.port}"` };
      await withEdge(settings, (edge) => body(edge, server));
    } finally {
      await dns.close();
    }
  });
}

const place = ({ port }: RunningServer) => `to: "smtp+tls://mx.example.test:${port}"`;
const tlsa = (pin: string, port: number) => `_${port}._tcp.mx.example.test TLSA 3 1 1 ${pin}\n`;

const taken: readonly (readonly [
  what: string,
  entry: Parameters<typeof withTls>[1],
  zone?: Parameters<typeof withTls>[3],
])[] = [
  ['pinned by its key', (server, pin) => `{ ${place(server)}, pin: "${pin}" }`],
  [
    'named by a signed TLSA record',
    (server) => `{ ${place(server)}, trust: dane }`,
    (pin, port) => `${tlsa(pin, port)}example.test ! signed`,
  ],
  ['of whoever answers, where that is enough', (server) => `smtp+tls-if-offered://${server.address}:${server.port}`],
];
for (const [what, entry, zone] of taken) {
  test(`inside TLS, Postfix with a certificate ${what} gets mail`, (t) =>
    withTls(
      t,
      entry,
      async (edge, server) => {
        assert.equal(await deliver(edge, 'safe'), '250');
        const [text = ''] = await arrived(server, 'alice');
        assert.match(text, /by mx\.example\.test \(Postfix\) with ESMTPS id /);
      },
      zone,
    ));
}

const refused: readonly (typeof taken)[number][] = [
  ['that no root vouches for', (server) => `{ ${place(server)} }`],
  ['other than the pinned one', (server) => `{ ${place(server)}, pin: "${'ab'.repeat(32)}" }`],
  ['named by TLSA that nobody signed', (server) => `{ ${place(server)}, trust: dane }`, tlsa],
  [
    'other than signed TLSA names, though anybody was good enough',
    ({ port }) => `smtp+tls-if-offered://mx.example.test:${port}`,
    (_, port) => `${tlsa('cd'.repeat(32), port)}example.test ! signed`,
  ],
];
for (const [what, entry, zone] of refused) {
  test(`Postfix with a certificate ${what} gets none, and the peer hears "later"`, (t) =>
    withTls(
      t,
      entry,
      async (edge, server) => {
        const replies = await send(edge, 'a@sender.test', TO, 'Subject: unsafe\n\nx');
        assert.match(replies.find((line) => !/^[23]/.test(line)) ?? '', /^451 /);
        assert.deepEqual(await server.mailbox('alice'), []);
      },
      zone,
    ));
}
