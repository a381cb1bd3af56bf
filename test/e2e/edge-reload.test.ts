/** A reload reaches the sessions to come and no other: a message in hand, a session inside TLS and a silent one go on. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { dialogue, until } from '../harness/dialogue.ts';
import { withEdge } from '../harness/edge.ts';
import { mailSink } from '../harness/mail-sink.ts';

const BODY = 'From: <a@sender.test>\r\nSubject: x\r\n\r\nx\r\n.';

for (const workers of [1, 2]) {
  test(`${workers} process${workers === 1 ? '' : 'es'}: ten reloads, good and broken, drop no session`, async () => {
    await using sink = await mailSink();
    const config = `workers: ${workers}\nexempt: [127.0.0.0/8]`;
    await withEdge({ upstream: `127.0.0.1:${sink.port}`, config }, async (edge) => {
      const open = async (secure: boolean, upTo: readonly string[]) => {
        const client = await dialogue(edge.port);
        await client.next();
        await client.say('EHLO a.test');
        if (secure) {
          await client.say('STARTTLS');
          await client.startTls();
          await client.say('EHLO a.test');
        }
        for (const line of upTo) await client.say(line);
        return client;
      };
      const letter = ['MAIL FROM:<a@sender.test>', 'RCPT TO:<b@example.test>', 'DATA'];
      const sessions = [
        await open(false, letter),
        await open(true, letter),
        await open(true, []),
        await open(false, []),
      ];

      const good = await readFile(edge.file, 'utf8');
      for (let time = 0; time < 10; time++) {
        const broken = time % 2 === 1;
        const before = edge.said.length;
        await writeFile(edge.file, broken ? `${good}\nlimits: [` : `${good}\nlimits: { recipients: ${50 + time} }\n`);
        edge.signal('SIGHUP');
        const told = broken ? 'the old configuration stays' : 'the new configuration is in force';
        await until(() => edge.said.slice(before).includes(told), 10_000);
      }
      for (const client of sessions.slice(0, 2)) assert.match(await client.say(BODY), /^250 2\.0\.0 Accepted/);
      for (const client of sessions.slice(2)) {
        for (const line of letter) assert.match(await client.say(line), /^[23]/, line);
        assert.match(await client.say(BODY), /^250 2\.0\.0 Accepted/);
      }
      assert.equal(sink.mails.length, 4);
      for (const client of sessions) client.close();
    });
  });
}

test('what a reload cannot bring is named', async () => {
  await using sink = await mailSink();
  await withEdge({ upstream: `127.0.0.1:${sink.port}` }, async (edge) => {
    const good = await readFile(edge.file, 'utf8');
    await writeFile(
      edge.file,
      good.replace('workers: 1', 'workers: 3').replace(/upstream: .*/, 'upstream: "127.0.0.1:9"'),
    );
    edge.signal('SIGHUP');
    await until(() => edge.said.includes('but for upstream, workers: restart for that'), 10_000);
  });
});
