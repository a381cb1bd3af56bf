/**
 * Bounce tags against real servers: a letter leaves through the edge, the server outside cannot deliver it and returns it, and the bounce is let in by
 * its tag; one that answers no letter is refused. Exim also checks that our tags are those of the draft.
 */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { makeBounceTag, readBounceTag, type TagKeys, worthOfTag } from '../../src/wire/address/bounce-tag.ts';
import { dialogue, until } from '../harness/dialogue.ts';
import { type RunningEdge, withEdge } from '../harness/edge.ts';
import { freePort } from '../harness/loopback.ts';
import { type MailSink, mailSink } from '../harness/mail-sink.ts';
import { mailward } from '../harness/program.ts';
import { type RunningServer, type Server, withServer } from '../harness/server.ts';
import { exim } from '../harness/servers/exim.ts';
import { postfix } from '../harness/servers/postfix.ts';

const INSIDE = '127.0.0.2';
const KEYS: TagKeys = [{ number: 3, secret: 'a secret of the test, 16 or more' }];
const KEY_FILE = `# our keys\n${KEYS[0].number} ${KEYS[0].secret}\n`;
const LETTER = 'From: <Alice.Smith@example.test>\r\nSubject: to nobody\r\n\r\nhello\r\n.';
const today = () => Math.floor(Date.now() / 86_400_000);

async function withKeys(body: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mailward-keys-'));
  const file = join(folder, 'bounce-keys');
  try {
    await writeFile(file, KEY_FILE, { mode: 0o600 });
    await body(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Scene {
  readonly edge: RunningEdge;
  /** The server of ours behind the edge. */
  readonly within: MailSink;
  /** The server outside that takes our mail. */
  readonly outside: RunningServer;
}

/** An edge with tags, between a server of ours and one outside that sends everything it cannot keep through the edge. */
async function withScene(t: TestContext, product: Server, more: string, body: (scene: Scene) => Promise<void>) {
  await using within = await mailSink();
  const port = await freePort('127.0.0.1');
  const site = { domain: 'outside.test', nextHop: { address: '127.0.0.1', port } };
  await withServer(t, product, site, async (outside) => {
    const config = `inside: [${INSIDE}]\noutbound: "${outside.address}:${outside.port}"\ngreetWait: 0s\nnames: false\nrecipients: { ask: false }\n${more}`;
    const settings = { upstream: `127.0.0.1:${within.port}`, config, listen: `127.0.0.1:${port}` };
    await withEdge(settings, (edge) => body({ edge, within, outside }));
  });
}

/** What the edge says to a message in the end. */
async function write(edge: RunningEdge, localAddress: string, from: string, to: string): Promise<string> {
  const line = await dialogue(edge.port, { localAddress });
  await line.next();
  await line.say('EHLO client.test');
  await line.say(`MAIL FROM:<${from}>`);
  let said = await line.say(`RCPT TO:<${to}>`);
  for (const next of ['DATA', LETTER]) if (/^[23]/.test(said)) said = await line.say(next);
  line.close();
  return said.slice(0, 3);
}

for (const [product, home] of [
  [postfix, 'example.test'],
  [exim, 'corp.test'],
] as const) {
  const names = home === 'example.test' ? '' : 'rewrite: { outbound: { corp.test: example.test }, inbound: inverse }\n';
  test(`a letter of ${home} that ${product.product} returns comes back to its tag, and backscatter does not`, (t) =>
    withKeys((keys) =>
      withScene(t, product, `bounceTags: { keys: "${keys}" }\n${names}`, async ({ edge, within, outside }) => {
        assert.equal(await write(edge, INSIDE, `Alice.Smith@${home}`, 'nobody@nowhere.test'), '250');
        await until(() => within.mails.length === 1, 30_000).catch(async (fault) => {
          throw new Error(`${fault}: ${(await outside.log()).slice(-2_000)}`);
        });
        const [bounce] = within.mails;
        assert.match(bounce?.sender ?? '', /^<>/);
        assert.deepEqual(bounce?.recipients, [`Alice.Smith@${home}`]);
        const [, tagged = ''] = /prvs=([^@\s>]+)@example\.test/.exec(bounce?.text ?? '') ?? [];
        assert.match(tagged, /^3\d{3}[0-9a-f]{6}=Alice\.Smith$/, 'the bounce names the address it is for');

        const stranger = '127.0.0.9';
        assert.equal(await write(edge, stranger, '', 'Alice.Smith@example.test'), '550');
        assert.equal(await write(edge, stranger, '', 'prvs=3000000000=Alice.Smith@example.test'), '550');
        assert.equal(await write(edge, stranger, '', `prvs=${tagged}@example.test`.toLowerCase()), '250');
        assert.equal(await write(edge, stranger, 'you@sender.test', `prvs=${tagged}@example.test`), '250');
        assert.deepEqual(
          within.mails.slice(1).map(({ recipients }) => recipients),
          [[`alice.smith@${home}`], [`Alice.Smith@${home}`]],
        );
      }),
    ));
}

test('our tags are those of Exim, either way', (t) =>
  withServer(t, exim, {}, async (server) => {
    const ask = async (...texts: readonly string[]) =>
      (await server.exec('/usr/sbin/exim4', ['-C', `${server.folder}/exim.conf`, '-be', ...texts]))
        .trimEnd()
        .split('\n');
    const [{ number, secret }] = KEYS;
    const names = ['alice', 'a.b+c', 'x'.repeat(48), 'user=other.example', "o'brien"];
    const theirs = await ask(...names.map((name) => `\${prvs{${name}@example.test}{${secret}}{${number}}}`));
    for (const [index, name] of names.entries()) {
      const [local = ''] = (theirs[index] ?? '').split('@');
      const tag = readBounceTag(local);
      assert.equal(tag?.local, name, theirs[index]);
      assert.ok(tag !== null);
      assert.equal(worthOfTag(tag, 'example.test', KEYS, today()), 'valid', theirs[index]);
    }
    const ours = names.map((name) => `${makeBounceTag(name, 'example.test', KEYS, today())}@example.test`);
    const read = await ask(
      ...ours.map((address) => `\${prvscheck{${address}}{${secret}}{$prvscheck_result $prvscheck_address}}`),
    );
    assert.deepEqual(
      read,
      names.map((name) => `1 ${name}@example.test`),
    );
  }));

test('a reload brings a new key, and the old one still verifies while it is there', () =>
  withKeys(async (keys) => {
    await using within = await mailSink();
    await using hop = await mailSink();
    const config = `inside: [${INSIDE}]\noutbound: "127.0.0.1:${hop.port}"\ngreetWait: 0s\nnames: false\nrecipients: { ask: false }\nbounceTags: { keys: "${keys}" }\n`;
    await withEdge({ upstream: `127.0.0.1:${within.port}`, config }, async (edge) => {
      const leave = async () => {
        await write(edge, INSIDE, 'alice@example.test', 'you@elsewhere.test');
        return /<([^>]*)>/.exec(hop.mails.at(-1)?.sender ?? '')?.[1] ?? '';
      };
      const reload = async (text: string, told: string) => {
        const before = edge.said.length;
        await writeFile(keys, text);
        edge.signal('SIGHUP');
        await until(() => edge.said.slice(before).includes(told), 10_000);
      };
      const old = await leave();
      assert.match(old, /^prvs=3\d{3}[0-9a-f]{6}=alice@example\.test$/);
      await reload(`4 another secret of the test\n${KEY_FILE}`, 'the new configuration is in force');
      const later = await leave();
      assert.match(later, /^prvs=4/);
      for (const to of [old, later]) assert.equal(await write(edge, '127.0.0.9', '', to), '250');
      await reload('4 short\n', 'the old configuration stays');
      assert.equal(await write(edge, '127.0.0.9', '', old), '250');
      await reload('4 another secret of the test\n', 'the new configuration is in force');
      assert.equal(await write(edge, '127.0.0.9', '', old), '550');
      assert.equal(await write(edge, '127.0.0.9', '', later), '250');
      const log = async () => JSON.stringify(await edge.events()) + edge.said;
      await until(async () => (await log()).includes('null-sender/untagged'), 10_000);
      assert.ok(!(await log()).includes('secret of the test'), 'no key is told to anybody');
    });
  }));

test('--check tells of keys that cannot be used, where they are named, and what to do', () =>
  withKeys(async (keys) => {
    const file = `${keys}.yaml`;
    const check = async (tags: string) => {
      await writeFile(file, `upstream: "127.0.0.1:9"\ndomains: [example.test]\nbounceTags: { ${tags} }\n`);
      return (await mailward(['edge', '--config', file, '--check'])).err;
    };
    assert.match(await check(`keys: "${keys}"`), / is right\n$/);
    await chmod(keys, 0o644);
    assert.match(
      await check(`keys: "${keys}"`),
      new RegExp(`:3:21 ${keys} can be read by everybody.*chmod 640 ${keys}`),
    );
    const foreign = await check(`keys: "${keys}", domains: [other.test]`);
    assert.match(foreign, /bounceTags\.domains: must be of domains, as other\.test is not/);
  }));
