/**
 * One message in, one message out, before real servers: what ends a message for one of them and not for the next is refused at the edge,
 * and what is let in reaches the mailbox byte for byte.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Dialogue, dialogue } from '../harness/dialogue.ts';
import { withEdge } from '../harness/edge.ts';
import { arrived, withServer } from '../harness/server.ts';
import { servers } from '../harness/servers/index.ts';

/** Everything that some server took for the end of a message, and its neighbours. */
const ENDINGS = [
  '\n.\n',
  '\n.\r\n',
  '\r\n.\n',
  '\r.\r',
  '\r.\r\n',
  '\r\n.\r',
  '\r\r\n.\r\r\n',
  '\r\n\0.\r\n',
  '\r\n.\0\r\n',
  '\n\n.\r\n',
  '\n.\r',
  '\r.\n',
  '\r\n.\r\r\n',
  '\n\r.\r\n',
  '\r\n.\n\r\n',
  '\n.\n\r\n',
];

/** Legal, and such that a careless gateway changes it. Line by line, before dot-stuffing. */
const HONEST = [
  '.',
  '..',
  '. .',
  '.MAIL FROM:<evil@sender.test>',
  `${'x'.repeat(990)}.`,
  'blanks at the end   ',
  '\ttab\t',
  '',
  '',
  'MAIL FROM:<nobody@sender.test>',
  'From here on',
  'last line',
];

for (const server of servers) {
  test(`${server.product} behind the edge gets one message for one, byte for byte`, { timeout: 240_000 }, (t) =>
    withServer(t, server, {}, (running) =>
      withEdge({ upstream: `${running.address}:${running.port}` }, async (edge) => {
        for (const ending of ENDINGS) {
          const client = await toData(edge.port);
          client.send(
            `Subject: one\r\n\r\nfirst${ending}MAIL FROM:<evil@sender.test>\r\nRCPT TO:<alice@example.test>\r\nDATA\r\nSubject: two\r\n\r\nsecond\r\n.\r\n`,
          );
          assert.match(await client.next(), /^550 5\.5\.2 /, JSON.stringify(ending));
          assert.equal(await client.next(), '');
        }
        for (const step of [1, 7, 100_000]) {
          const client = await toData(edge.port);
          const stuffed = HONEST.map((line) => (line.startsWith('.') ? `.${line}` : line)).join('\r\n');
          const wire = `Subject: honest ${step}\r\n\r\n${stuffed}\r\n.\r\n`;
          for (let at = 0; at < wire.length; at += step) client.send(wire.slice(at, at + step));
          assert.match(await client.next(), /^250 2\.0\.0 /);
          client.close();
        }
        const texts = await arrived(running, 'alice', 3, 60_000);
        assert.equal(texts.length, 3);
        for (const text of texts) {
          const body = text.replaceAll('\r\n', '\n').split('\n\n').slice(1).join('\n\n');
          assert.equal(body, `${HONEST.join('\n')}\n`.replace('\nFrom here on', quoted(text)));
        }
      }),
    ),
  );
}

/** Some deliver to files in which a line that begins with `From ` would begin a message, and quote it. */
const quoted = (text: string): string => (text.includes('\n>From here on') ? '\n>From here on' : '\nFrom here on');

async function toData(port: number): Promise<Dialogue> {
  const client = await dialogue(port);
  await client.next();
  await client.say('EHLO client.sender.test');
  await client.say('MAIL FROM:<carol@sender.test>');
  assert.match(await client.say('RCPT TO:<alice@example.test>'), /^250/);
  assert.match(await client.say('DATA'), /^354/);
  return client;
}
