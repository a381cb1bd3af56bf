/** Mail of the inside: it goes out by its own way, in the strict form alone, and nobody else is carried. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relayForms } from '../../src/drill/relay-forms.ts';
import { dialogue, until } from '../harness/dialogue.ts';
import { withEdge } from '../harness/edge.ts';
import { mailSink } from '../harness/mail-sink.ts';

const INSIDE = '127.0.0.2';
const OUTSIDE = '127.0.0.3';

/** Forms that are an address every server reads alike: a server of ours may write them. */
const PLAIN = new Set([
  'stranger to stranger',
  'null sender',
  'sender of the target domain',
  'sender at the server',
  'sender at its address',
  'own postmaster as sender',
  'own user as sender',
  'EHLO as the server itself',
  'EHLO as localhost',
  'HELO instead of EHLO',
]);

test('of all forms of a relay none is open to the outside, and only the plain ones to the inside', async () => {
  await using sink = await mailSink();
  await using hop = await mailSink();
  const config = `inside: [${INSIDE}]\noutbound: "127.0.0.1:${hop.port}"\ngreetWait: 0s\nnames: false\nrecipients: { ask: false }\nlimits: { faults: 100 }\n`;
  await withEdge({ upstream: `127.0.0.1:${sink.port}`, config }, async (edge) => {
    const forms = relayForms({
      host: 'mx.edge.test',
      address: '127.0.0.1',
      port: edge.port,
      serverName: 'mx.edge.test',
      domain: 'example.test',
      recipient: 'alice@example.test',
      sender: 'me@probe.test',
      foreign: 'you@elsewhere.test',
      hello: 'client.test',
    } as unknown as Parameters<typeof relayForms>[0]);
    assert.ok(forms.length >= 32, `${forms.length} forms`);
    const ask = async (localAddress: string) => {
      const taken: string[] = [];
      for (const { form, hello = 'EHLO client.test', from, to } of forms) {
        const line = await dialogue(edge.port, { localAddress });
        await line.next();
        await line.say(hello);
        const sender = await line.say(`MAIL FROM:${from}`);
        const recipient = sender.startsWith('250') ? await line.say(`RCPT TO:${to}`) : sender;
        if (recipient.startsWith('2')) taken.push(form);
        line.close();
      }
      return taken;
    };
    assert.deepEqual(await ask(OUTSIDE), []);
    assert.deepEqual(
      (await ask(INSIDE)).filter((form) => !PLAIN.has(form)),
      [],
    );
  });
});

test('mail of the inside goes to its own next hop and tells nothing of where it was written', async () => {
  await using sink = await mailSink();
  await using hop = await mailSink();
  const config = `inside: [${INSIDE}]\noutbound: "127.0.0.1:${hop.port}"\ngreetWait: 0s\nnames: false\n`;
  await withEdge({ upstream: `127.0.0.1:${sink.port}`, config }, async (edge) => {
    const line = await dialogue(edge.port, { localAddress: INSIDE });
    await line.next();
    await line.say('EHLO exch01.corp.local');
    await line.say('MAIL FROM:<alice@example.test>');
    assert.match(await line.say('RCPT TO:<you@elsewhere.test>'), /^250 /);
    await line.say('DATA');
    const head =
      'Received: from desk ([192.168.4.9]) by exch01.corp.local; Wed, 1 Jan 2025 00:00:00 +0000\r\nX-Mailer: y\r\n';
    assert.match(await line.say(`${head}From: <alice@example.test>\r\n\r\nx\r\n.`), /^250 /);
    line.send('MAIL FROM:<alice@example.test>\r\nRCPT TO:<you@elsewhere.test>\r\nDATA\r\n');
    await until(() => hop.mails.length === 1, 5_000);
    assert.equal(sink.mails.length, 0);
    const text = hop.mails[0]?.text ?? '';
    assert.match(
      text,
      /^Received: from mx\.edge\.test\r\n\tby mx\.edge\.test with ESMTP id [^\r]+\r\n\t[^\r]+\r\nReceived: by mx\.edge\.test; [^\r]+\r\nFrom: <alice@example\.test>\r\n\r\nx\r\n$/,
    );
    line.close();
  });
});

test('a network as wide as the Internet is no inside', async () => {
  await assert.rejects(
    withEdge({ upstream: '127.0.0.1:9', config: 'inside: ["0.0.0.0/0"]' }, async () => undefined),
    /inside/,
  );
});
