/** Dovecot's LMTP behind the edge: by TCP and by a Unix socket, and recipients that it answers differently. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { send } from '../harness/client.ts';
import { dialogue } from '../harness/dialogue.ts';
import { withEdge } from '../harness/edge.ts';
import { arrived, withServer } from '../harness/server.ts';
import { dovecot } from '../harness/servers/dovecot.ts';

const LETTER = 'Subject: to the store\nMessage-ID: <one@sender.test>\n\n.one dot\n';

test('Dovecot takes mail by LMTP, over TCP', (t) =>
  withServer(t, dovecot, {}, (server) =>
    withEdge({ upstream: `lmtp://${server.address}:${server.port}` }, async (edge) => {
      const replies = await send(edge, 'a@sender.test', ['alice@example.test', 'bob@example.test'], LETTER);
      assert.match(replies.at(-1) ?? '', /^250 /);
      for (const user of ['alice', 'bob']) assert.match((await arrived(server, user))[0] ?? '', /to the store/);
    }),
  ));

test('and by its own Unix socket', (t) =>
  withServer(t, dovecot, {}, (server) =>
    withEdge({ upstream: `lmtp://${server.folder}/base/lmtp` }, async (edge) => {
      const replies = await send(edge, 'a@sender.test', ['alice@example.test'], LETTER);
      assert.match(replies.at(-1) ?? '', /^250 /);
      await arrived(server, 'alice');
    }),
  ));

test('a recipient that Dovecot does not know is refused at RCPT, as the edge asks it by LMTP', (t) =>
  withServer(t, dovecot, { accounts: ['alice'] }, (server) =>
    withEdge({ upstream: `lmtp://${server.address}:${server.port}` }, async (edge) => {
      const client = await open(edge.port);
      assert.match(await client.say('RCPT TO:<alice@example.test>'), /^250 /);
      assert.match(await client.say('RCPT TO:<nobody@example.test>'), /^550 5\.1\.1 No such recipient\r\n$/);
      client.close();
    }),
  ));

test('of recipients that are answered differently after DATA each gets its own answer, and nobody a second copy', (t) =>
  withServer(t, dovecot, {}, async (server) => {
    const blocked = `${server.folder}/mail/bob`;
    await server.exec('touch', [blocked]);
    await withEdge({ upstream: `lmtp://${server.address}:${server.port}` }, async (edge) => {
      const both = ['alice@example.test', 'bob@example.test'];
      const first = await send(edge, 'a@sender.test', both, LETTER);
      assert.match(first.at(-1) ?? '', /^451 /, 'one of two has it: the peer must keep the message');
      await arrived(server, 'alice');
      const again = await send(edge, 'a@sender.test', both, LETTER);
      assert.deepEqual(
        again.slice(3, 5).map((line) => line.slice(0, 3)),
        ['250', '452'],
        'bob comes by himself',
      );
      assert.match(again.at(-1) ?? '', /^250 /);
      assert.match((await send(edge, 'a@sender.test', ['bob@example.test'], LETTER)).at(-1) ?? '', /^451 /);
      await server.exec('rm', [blocked]);
      assert.match((await send(edge, 'a@sender.test', ['bob@example.test'], LETTER)).at(-1) ?? '', /^250 /);
      await arrived(server, 'bob');
      assert.deepEqual([(await server.mailbox('alice')).length, (await server.mailbox('bob')).length], [1, 1]);
    });
  }));

async function open(port: number) {
  const client = await dialogue(port);
  await client.next();
  await client.say('EHLO client.sender.test');
  await client.say('MAIL FROM:<a@sender.test>');
  return client;
}
