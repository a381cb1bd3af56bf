/** Ten thousand mails of all kinds of clients at once, in the clear and inside TLS: each is there once, and as it was written. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { createTransport } from 'nodemailer';
import { send } from '../harness/client.ts';
import { until } from '../harness/dialogue.ts';
import { type RunningEdge, startEdge } from '../harness/edge.ts';
import { type MailSink, mailSink } from '../harness/mail-sink.ts';
import { type Server, withServer } from '../harness/server.ts';
import { exim } from '../harness/servers/exim.ts';
import { opensmtpd } from '../harness/servers/opensmtpd.ts';
import { postfix } from '../harness/servers/postfix.ts';
import { sendmail } from '../harness/servers/sendmail.ts';
import { toolFor } from '../harness/tool.ts';

const BODY = 'Subject: with dots\r\n\r\n.one dot\r\n..two dots\r\nend  ';
/** As a client puts it on the wire. */
const STUFFED = BODY.replaceAll('\r\n.', '\r\n..');

let sink: MailSink;
let edge: RunningEdge;
before(async () => {
  sink = await mailSink();
  edge = await startEdge({
    upstream: `127.0.0.1:${sink.port}`,
    domains: ['inside.test'],
    config: 'exempt: [127.0.0.0/8]',
  });
});
after(async () => {
  await edge.stop();
  await sink.close();
});

/** What has come from one client, which has a sender of its own. */
const from = (sender: string) => sink.mails.filter((mail) => mail.sender.startsWith(`<${sender}>`));
const idOf = (text: string): string => /^Message-Id: *(.*)\r$/im.exec(text)?.[1] ?? '';

/** All that a client sent is there, each once, and by the way it was to take. */
async function whole(sender: string, count: number, tls: boolean): Promise<void> {
  await until(() => from(sender).length >= count, 60_000);
  const mails = from(sender);
  assert.equal(mails.length, count);
  assert.equal(new Set(mails.map(({ text }) => idOf(text))).size, count);
  const way = new RegExp(`^Received: from [^\r]*\r\n\tby mx\\.edge\\.test with ${tls ? 'ESMTPS' : 'E?SMTP'} id `);
  for (const { text } of mails) assert.match(text, way);
}

async function source(
  t: TestContext,
  to: { readonly address: string; readonly port: number },
  sender: string,
  count: number,
  more: readonly string[] = [],
) {
  const tool = await toolFor(t, 'postfix', 'smtp-source');
  await tool?.run([
    ...['-m', String(count), '-f', sender, '-t', 'bob@inside.test', ...more],
    `${to.address}:${to.port}`,
  ]);
}

/** Servers that have a queue and send by their own client, and how many mails of each. */
const SERVERS: readonly (readonly [Server, number])[] = [
  [postfix, 500],
  [exim, 100],
  [sendmail, 50],
  [opensmtpd, 100],
];

describe('ten thousand mails', { concurrency: 4, timeout: 120_000 }, () => {
  for (const tls of [false, true]) {
    const way = tls ? 'inside TLS' : 'in the clear';
    const name = (client: string) => `${client.toLowerCase()}-${tls ? 'tls' : 'plain'}@sender.test`;
    for (const [server, count] of SERVERS) {
      test(`${count} of ${server.product}, ${way}`, (t) =>
        withServer(t, server, { nextHop: { ...edge, tls }, domain: 'sender.test' }, async (running) => {
          const sender = name(server.product);
          await send(running, sender, ['bob@inside.test'], `Message-Id: <dots@${sender}>\n${STUFFED}`);
          await source(t, running, sender, count - 1, ['-s', '5']);
          await whole(sender, count, tls);
          const dotted = from(sender).find(({ text }) => idOf(text).startsWith('<dots@'));
          assert.match(dotted?.text ?? '', /\r\n\.\.one dot\r\n\.\.\.two dots\r\nend {2}\r\n$/);
        }));
    }
    test(`1,000 of nodemailer, ${way}`, async () => {
      const transport = createTransport({
        ...{ host: edge.address, port: edge.port, pool: true, maxConnections: 5, maxMessages: 100 },
        ...(tls ? { requireTLS: true, tls: { rejectUnauthorized: false } } : { ignoreTLS: true }),
      });
      const sender = name('nodemailer');
      const text = BODY.slice(BODY.indexOf('\r\n\r\n') + 4);
      await Promise.all(
        Array.from({ length: 1_000 }, () => transport.sendMail({ from: sender, to: 'bob@inside.test', text })),
      );
      transport.close();
      await whole(sender, 1_000, tls);
    });
    test(`5 of swaks, ${way}`, async (t) => {
      const swaks = await toolFor(t, 'swaks', 'swaks');
      if (swaks === null) return;
      const sender = name('swaks');
      const common = [
        '--server',
        edge.address,
        '--port',
        String(edge.port),
        '--from',
        sender,
        '--to',
        'bob@inside.test',
      ];
      for (let count = 0; count < 5; count++) await swaks.run([...common, ...(tls ? ['--tls'] : [])]);
      await whole(sender, 5, tls);
    });
  }
  test('6,490 of smtp-source, one on a connection and many', async (t) => {
    await source(t, edge, 'one@source.test', 4_000, ['-s', '50', '-l', '2000']);
    await source(t, edge, 'many@source.test', 2_490, ['-s', '10', '-l', '100', '-d', '-N']);
    await whole('one@source.test', 4_000, false);
    await whole('many@source.test', 2_490, false);
  });
});

test('all of them are there, and nothing else', () => {
  assert.equal(sink.mails.length, 10_000);
});
