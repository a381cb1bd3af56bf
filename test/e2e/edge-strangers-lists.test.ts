/** What is remembered of strangers outlives a restart and is shared by processes; lists are read anew, and a broken one changes nothing. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { dialogue, until } from '../harness/dialogue.ts';
import { withEdge } from '../harness/edge.ts';
import { mailSink } from '../harness/mail-sink.ts';

/** The first words of the gateway to a peer of an address. */
async function greeted(port: number, localAddress: string): Promise<string> {
  const client = await dialogue(port, { localAddress });
  const words = await client.next();
  client.close();
  return words.slice(0, 3);
}

/** Writes to a trap on one connection after the other. */
async function springs(port: number, localAddress: string): Promise<void> {
  const client = await dialogue(port, { localAddress });
  if ((await client.next()).startsWith('220')) {
    await client.say('EHLO mail.sender.test');
    await client.say('MAIL FROM:<a@sender.test>');
    await client.say('RCPT TO:<old.list@example.test>');
  }
  client.close();
}

test('a file of networks that is broken changes nothing, and a mended one does, without a restart', async () => {
  await using sink = await mailSink();
  const folder = await mkdtemp(join(tmpdir(), 'mailward-lists-'));
  const deny = join(folder, 'deny');
  await writeFile(deny, '127.0.0.7\n');
  try {
    await withEdge({ upstream: `127.0.0.1:${sink.port}`, config: `lists: { deny: ["${deny}"] }\n` }, async (edge) => {
      assert.deepEqual([await greeted(edge.port, '127.0.0.7'), await greeted(edge.port, '127.0.0.8')], ['554', '220']);
      await writeFile(deny, '127.0.0.8\nnonsense # two words\n');
      edge.signal('SIGHUP');
      await until(() => edge.said.includes(`${deny}:2:1`), 10_000);
      assert.match(edge.said, /the old configuration stays/);
      assert.deepEqual([await greeted(edge.port, '127.0.0.7'), await greeted(edge.port, '127.0.0.8')], ['554', '220']);
      await writeFile(deny, '127.0.0.8\n');
      edge.signal('SIGHUP');
      await until(() => edge.said.includes('the new configuration is in force'), 10_000);
      assert.deepEqual([await greeted(edge.port, '127.0.0.7'), await greeted(edge.port, '127.0.0.8')], ['220', '554']);
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('who wrote into traps is sent away by every process, and after a restart still; others are served', async () => {
  await using sink = await mailSink();
  const folder = await mkdtemp(join(tmpdir(), 'mailward-traps-'));
  const traps = join(folder, 'traps');
  await writeFile(traps, 'old.list@example.test\n');
  const config = `workers: 2\nreputation: { inside: true }\nrecipients: { traps: ${traps}, ask: false }\ngreetWait: 0s\n`;
  try {
    await withEdge({ upstream: `127.0.0.1:${sink.port}`, config }, async (edge) => {
      for (let visit = 0; visit < 2; visit++) await springs(edge.port, '127.0.0.9');
      // Processes exchange what they know once a second; then each of them knows, whoever takes the connection.
      const all = async () => {
        const words = [];
        for (let visit = 0; visit < 12; visit++) words.push(await greeted(edge.port, '127.0.0.9'));
        return words.every((word) => word === '421');
      };
      const deadline = Date.now() + 15_000;
      while (!(await all()) && Date.now() < deadline);
      assert.ok(await all());
      assert.equal(await greeted(edge.port, '127.0.0.10'), '220');
      edge.signal('SIGTERM');
      const again = await edge.again();
      try {
        assert.equal(await greeted(again.port, '127.0.0.9'), '421');
        assert.equal(await greeted(again.port, '127.0.0.10'), '220');
      } finally {
        again.signal('SIGTERM');
        await again.ended;
      }
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
