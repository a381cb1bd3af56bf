/** The command: its example, its checks, and a configuration that changes while it runs. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { dialogue, until } from '../harness/dialogue.ts';
import { withEdge } from '../harness/edge.ts';
import { mailSink } from '../harness/mail-sink.ts';
import { mailward } from '../harness/program.ts';

test('a configuration that is wrong ends with 2 and says where', async () => {
  await using sink = await mailSink();
  await withEdge({ upstream: `127.0.0.1:${sink.port}` }, async (edge) => {
    const file = join(edge.folder, 'wrong.yaml');
    await writeFile(file, 'upstream: "127.0.0.1:25"\ndomains: [example.com]\nlimits: { recipients: many }\n');
    const { status, err } = await mailward(['edge', '--config', file, '--check']);
    assert.equal(status, 2);
    assert.ok(err.startsWith(`mailward edge: ${file}:3:23 limits.recipients: `), err);
    assert.equal((await mailward(['edge', '--config', edge.file, '--check'])).status, 0);
  });
});

test('a port that is taken ends with 3', async () => {
  await using sink = await mailSink();
  await withEdge({ upstream: `127.0.0.1:${sink.port}` }, async (edge) => {
    const file = join(edge.folder, 'taken.yaml');
    const text = (await readFile(edge.file, 'utf8')).replace(/listen: .*/, `listen: ["127.0.0.1:${edge.port}"]`);
    await writeFile(file, text);
    const { status, err } = await mailward(['edge', '--config', file]);
    assert.equal(status, 3);
    assert.match(err, /127\.0\.0\.1:\d+ is taken: another program listens there, .*EADDRINUSE/);
  });
});

test('SIGHUP brings new domains without dropping a session; a broken file changes nothing', async () => {
  await using sink = await mailSink();
  await withEdge({ upstream: `127.0.0.1:${sink.port}` }, async (edge) => {
    const old = await dialogue(edge.port);
    await old.next();
    const good = await readFile(edge.file, 'utf8');
    await writeFile(edge.file, good.replace('[example.test]', '[other.test]'));
    edge.signal('SIGHUP');
    await until(() => edge.said.includes('the new configuration is in force'), 10_000);
    assert.deepEqual(await recipientCodes(edge.port), ['550', '250']);
    await writeFile(edge.file, good.replace('[example.test]', '[["]'));
    edge.signal('SIGHUP');
    await until(() => edge.said.includes('the old configuration stays'), 10_000);
    assert.deepEqual(await recipientCodes(edge.port), ['550', '250']);
    assert.match(await old.say('EHLO a.test'), /^250-/);
  });
});

async function recipientCodes(port: number): Promise<string[]> {
  const client = await dialogue(port);
  await client.next();
  await client.say('EHLO a.test');
  await client.say('MAIL FROM:<a@sender.test>');
  const codes = [];
  for (const domain of ['example.test', 'other.test'])
    codes.push((await client.say(`RCPT TO:<a@${domain}>`)).slice(0, 3));
  client.close();
  return codes;
}
