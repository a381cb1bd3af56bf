/** Real servers behind the edge: one falls and another takes over, and the server is told who the peer is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listenDns } from '../../src/net/dns-listener.ts';
import { readZone } from '../../src/range/zone.ts';
import { createZoneServer } from '../../src/range/zone-server.ts';
import { send } from '../harness/client.ts';
import { dialogue, until } from '../harness/dialogue.ts';
import { withEdge } from '../harness/edge.ts';
import { arrived, withServer } from '../harness/server.ts';
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
          const isTold = (event: Readonly<Record<string, unknown>>) =>
            event['event'] === 'upstream' && event['place'] === place;
          await until(async () => (await edge.events()).some(isTold), 5_000);
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

const ZONE = `
25.113.0.203.in-addr.arpa PTR mail.sender.test
26.113.0.203.in-addr.arpa PTR mail.sender.test
mail.sender.test A 203.0.113.25
`;

test('Postfix is told the name of the peer that leads back to it, and none that does not', async (t) => {
  const dns = await listenDns('127.0.0.1', 0, createZoneServer(readZone(ZONE)));
  await withServer(t, postfix, {}, async (server) => {
    const conf = `MAIL_CONFIG=${server.folder}/conf`;
    await server.exec('env', [conf, 'postconf', '-e', 'smtpd_authorized_xclient_hosts = 127.0.0.0/8']);
    await server.exec('env', [conf, 'postfix', 'reload']);
    const upstream = `{ to: "${server.address}:${server.port}", xclient: true }`;
    const config = `resolver: "${dns.address}:${dns.port}"\nproxy: [127.0.0.2]\ngreetWait: 0s\n`;
    await withEdge({ upstream, config }, async (edge) => {
      for (const address of ['203.0.113.25', '203.0.113.26', '203.0.113.27']) {
        const client = await dialogue(edge.port, { localAddress: '127.0.0.2' });
        client.send(`PROXY TCP4 ${address} 203.0.113.1 40000 25\r\n`);
        await client.next();
        await client.say('EHLO mail.sender.test');
        await client.say('MAIL FROM:<a@sender.test>');
        await client.say('RCPT TO:<alice@example.test>');
        await client.say('DATA');
        assert.match(await client.say('Subject: named\r\n\r\nx\r\n.'), /^250 /);
        client.close();
      }
      await arrived(server, 'alice', 3);
      const log = await server.log();
      assert.match(log, /client=mail\.sender\.test\[203\.0\.113\.25\]/);
      assert.match(log, /client=unknown\[203\.0\.113\.26\]/);
      assert.match(log, /client=unknown\[203\.0\.113\.27\]/);
    });
  });
  dns.close();
});

test('Postfix that is not to be told by XCLIENT, where it should, gets nothing', (t) =>
  withServer(t, postfix, {}, (server) =>
    withEdge({ upstream: `{ to: "${server.address}:${server.port}", xclient: true }` }, async (edge) => {
      const replies = await send(edge, 'a@sender.test', TO, 'Subject: unnamed\n\nx');
      assert.match(replies.find((line) => !/^[23]/.test(line)) ?? '', /^451 /);
      assert.deepEqual(await server.mailbox('alice'), []);
    }),
  ));
