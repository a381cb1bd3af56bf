/** Policy for single recipients, as an operator writes it and a peer meets it. */
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Dialogue, dialogue } from '../harness/dialogue.ts';
import { type RunningEdge, withEdge } from '../harness/edge.ts';
import { type MailSink, mailSink } from '../harness/mail-sink.ts';
import { mailward } from '../harness/program.ts';

/** A hello without a dot breaks `hello/no-name`, which policy may make anything of. */
const NAMELESS = 'EHLO nameless';

async function withPolicy(
  config: string,
  body: (edge: RunningEdge, sink: MailSink, client: Dialogue) => Promise<void>,
): Promise<void> {
  await using sink = await mailSink();
  await withEdge(
    { upstream: `127.0.0.1:${sink.port}`, config, domains: ['example.test', 'other.test'] },
    async (edge) => {
      const client = await dialogue(edge.port);
      await client.next();
      await body(edge, sink, client);
      client.close();
    },
  );
}

async function letter(client: Dialogue, to: string): Promise<string> {
  await client.say('MAIL FROM:<a@sender.test>');
  const rcpt = await client.say(`RCPT TO:<${to}>`);
  if (!rcpt.startsWith('250')) {
    await client.say('RSET');
    return rcpt;
  }
  await client.say('DATA');
  return client.say('Subject: hello\r\n\r\nbody\r\n.');
}

test('what one recipient refuses another takes, and each comes in a transaction of its own', () =>
  withPolicy(
    `rules:
  hello/no-name: { action: refuse }
policy:
  - { recipients: [anna@example.test], rules: { hello/no-name: { action: note } } }
`,
    async (_edge, sink, client) => {
      assert.match(await client.say(NAMELESS), /^250/);
      await client.say('MAIL FROM:<a@sender.test>');
      assert.match(await client.say('RCPT TO:<anna@example.test>'), /^250/);
      assert.match(await client.say('RCPT TO:<anna+list@example.test>'), /^250/);
      assert.match(await client.say('RCPT TO:<berta@example.test>'), /^452 4\.5\.3 /);
      await client.say('RSET');
      assert.match(await letter(client, 'berta@example.test'), /^550/);
      assert.match(await letter(client, 'anna@example.test'), /^250/);
      assert.equal(sink.mails.length, 1);
    },
  ));

test('a tagged letter says so to the server behind, and a stranger cannot write the tag', () =>
  withPolicy('rules: { hello/no-name: { action: tag } }\n', async (_edge, sink, client) => {
    await client.say(NAMELESS);
    assert.match(await letter(client, 'anna@example.test'), /^250/);
    const arrived = sink.mails[0]?.text ?? '';
    assert.match(
      arrived,
      /^X-Spam-Flag: YES\r\nX-Mailward-Verdict: tag; score=0\.0;\r\n\trules=hello\/no-name\r\nReceived: /,
    );
    await client.say('EHLO named.test');
    await client.say('MAIL FROM:<a@sender.test>');
    await client.say('RCPT TO:<anna@example.test>');
    await client.say('DATA');
    assert.match(await client.say('X-Spam-Flag: NO\r\nX-Mailward-Verdict: clean\r\nSubject: a\r\n\r\nb\r\n.'), /^250/);
    assert.doesNotMatch(sink.mails[1]?.text ?? '', /X-Spam|X-Mailward/);
  }));

test('what is quarantined is kept with its reasons, is not delivered, and its sender hears a refusal, or yes where that is wanted', () =>
  withPolicy(
    `rules: { hello/no-name: { action: quarantine } }
quarantine: { most: 2 KiB }
`,
    async (edge, sink, client) => {
      await client.say(NAMELESS);
      assert.match(await letter(client, 'anna@example.test'), /^550 5\.7\.1 /);
      const folder = join(edge.folder, 'data', 'quarantine');
      const [name = ''] = (await readdir(folder)).filter((file) => file.endsWith('.json'));
      const note = JSON.parse(await readFile(join(folder, name), 'utf8'));
      assert.deepEqual(note.recipients, ['anna@example.test']);
      assert.deepEqual(
        note.hits.map((one: { rule: string }) => one.rule),
        ['hello/no-name'],
      );
      const kept = await readFile(join(folder, name.replace('.json', '.eml')), 'utf8');
      assert.match(kept, /^Received: from nameless [\s\S]*\r\nSubject: hello\r\n\r\nbody\r\n$/);
      // A full quarantine takes nothing more, and refuses nothing for good.
      for (let more = 0; more < 5; more++) await letter(client, 'anna@example.test');
      assert.match(await letter(client, 'anna@example.test'), /^451 /);
      assert.equal(sink.mails.length, 0);
    },
  ));

test('monitoring for one domain logs what is refused elsewhere', () =>
  withPolicy(
    `rules: { hello/no-name: { action: refuse } }
policy: [{ recipients: [other.test], monitorOnly: true }]
quarantine: { answer: accept }
`,
    async (_edge, sink, client) => {
      await client.say(NAMELESS);
      assert.match(await letter(client, 'a@other.test'), /^250/);
      assert.match(await letter(client, 'a@example.test'), /^550/);
      assert.equal(sink.mails.length, 1);
    },
  ));

test('a setting that could do nothing is a fault: an unknown rule, a fixed one, a score that is none', async () => {
  await withPolicy('', async (edge) => {
    for (const [text, fault] of [
      ['rules: { hello/no-nmae: { action: tag } }', /rules\.hello\/no-nmae: must be the id of a rule/],
      ['rules: { relay/foreign-recipient: { monitor: true } }', /foreign-recipient: must be left as it is/],
      ['rules: { hello/our-name: { action: score } }', /our-name: must be given a score/],
      ['policy: [{ recipients: [nobody] }]', /policy\.0\.recipients\.0: must be an address or a domain/],
    ] as const) {
      const file = join(edge.folder, 'wrong.yaml');
      await writeFile(file, `upstream: "127.0.0.1:25"\ndomains: [a.test]\n${text}\n`);
      const { status, err } = await mailward(['edge', '--config', file, '--check']);
      assert.equal(status, 2, text);
      assert.match(err, fault);
    }
  });
});
