/** The PROXY protocol in front of the edge: believed from a named balancer, which must speak it, and refused from everybody else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dialogue, until } from '../harness/dialogue.ts';
import { withEdge } from '../harness/edge.ts';
import { mailSink } from '../harness/mail-sink.ts';

const BALANCER = '127.0.0.2';
const STRANGER = '127.0.0.3';
const LINE = 'PROXY TCP4 203.0.113.25 203.0.113.1 40000 25\r\n';
/** The same in version 2, with an addition behind it. */
const VERSION_2 = '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x11\xcb\0\x71\x19\xcb\0\x71\x01\x9c\x40\0\x19\x20\0\x02ab';
const LOCAL = '\r\n\r\n\0\r\nQUIT\n\x20\0\0\0';
const CONFIG = `proxy: [${BALANCER}]\ngreetWait: 0s\nnames: false\n`;

test('a balancer tells who is there, in both versions, in one packet or byte by byte', async () => {
  await using sink = await mailSink();
  await withEdge({ upstream: `127.0.0.1:${sink.port}`, config: CONFIG }, async (edge) => {
    for (const [header, peer] of [
      [LINE, '203.0.113.25'],
      [VERSION_2, '203.0.113.25'],
      [LOCAL, BALANCER],
      ['PROXY UNKNOWN\r\n', BALANCER],
    ] as const) {
      const line = await dialogue(edge.port, { localAddress: BALANCER });
      for (const byte of header) line.send(byte);
      assert.match(await line.next(), /^220 /);
      await line.say('EHLO client.test');
      await line.say('MAIL FROM:<a@client.test>');
      await line.say('RCPT TO:<b@example.test>');
      await line.say('DATA');
      const before = sink.mails.length;
      assert.match(await line.say('a: b\r\n\r\nx\r\n.'), /^250 /);
      line.close();
      await until(() => sink.mails.length > before, 5_000);
      assert.ok(sink.mails.at(-1)?.text.startsWith(`Received: from client.test ([${peer}])\r\n`), peer);
    }
  });
});

test('who is no balancer is not believed, and a balancer that says something else is not served', async () => {
  await using sink = await mailSink();
  await withEdge({ upstream: `127.0.0.1:${sink.port}`, config: CONFIG }, async (edge) => {
    for (const header of [LINE, VERSION_2]) {
      const stranger = await dialogue(edge.port, { localAddress: STRANGER });
      stranger.send(header);
      await until(() => stranger.closed, 10_000);
      assert.match(await stranger.next(), /^(?:220 [^\r]*\r\n)?500 5\.5\.2 Command not readable\r\n/);
      stranger.close();
    }
    for (const instead of ['EHLO client.test\r\n', `${LINE.slice(0, -2)}\n`, 'PROXY TCP4 1.2.3.4\r\n', '']) {
      const line = await dialogue(edge.port, { localAddress: BALANCER });
      line.send(instead);
      // The last says nothing: its second is over with the next look at all deadlines.
      await until(() => line.closed, 5_000);
      assert.equal(await line.next(), '');
    }
    const log = async () => JSON.stringify(await edge.events());
    await until(async () => (await log()).includes('"proxy-header"'), 5_000);
    assert.ok(!(await log()).includes('203.0.113.25'), 'the claimed address is in no log');
  });
});
