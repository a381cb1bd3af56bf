/**
 * Addresses are rewritten both ways between real servers: Exim inside, which knows `corp.local` alone, and Postfix outside, which knows
 * `example.test`. Letters are the same bytes on both sides but for the addresses and what the servers themselves put in front.
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import { send } from '../harness/client.ts';
import { dialogue, until } from '../harness/dialogue.ts';
import { type RunningEdge, withEdge } from '../harness/edge.ts';
import { freeAddress, freePort } from '../harness/loopback.ts';
import { mailward } from '../harness/program.ts';
import { arrived, type RunningServer, withServer } from '../harness/server.ts';
import { exim } from '../harness/servers/exim.ts';
import { postfix } from '../harness/servers/postfix.ts';

const OUTSIDE = '127.0.0.3';
const DATE = 'Date: Tue, 1 Dec 2026 10:00:00 +0000';

interface Scene {
  readonly edge: RunningEdge;
  readonly within: RunningServer;
  readonly outside: RunningServer;
}

async function withScene(t: TestContext, body: (scene: Scene) => Promise<void>): Promise<void> {
  const place = { address: freeAddress(), port: 0 };
  place.port = await freePort(place.address);
  await withServer(t, postfix, { domain: 'outside.test', accounts: ['carol'] }, async (outside) => {
    const config = `inside: [127.0.0.1]
outbound: "${outside.address}:${outside.port}"
greetWait: 0s
names: false
rewrite:
  outbound: { corp.local: example.test, bob@corp.local: robert@example.test, '"b ob"@corp.local': b.ob@example.test }
  inbound: { example.test: corp.local, robert@example.test: bob@corp.local }
`;
    await withEdge({ upstream: `${place.address}:${place.port}`, config }, (edge) =>
      withServer(
        t,
        exim,
        { ...place, domain: 'corp.local', accounts: ['alice', 'bob'], nextHop: edge },
        async (within) => {
          // The edge was there first, as Exim must know its port.
          await until(() => edge.said.includes('is up'), 20_000);
          await body({ edge, within, outside });
        },
      ),
    );
  });
}

const HEAD = [
  'Message-ID: <one@exch01.corp.local>',
  DATE,
  'Subject: alice@corp.local and =?utf-8?Q?bob@corp.local?=',
  'From: "Alice, alice@corp.local" <ALICE@corp.local> (of corp.local)',
  'Sender: bob@corp.local',
  'To: Carol <carol@outside.test>,',
  '\t"b ob"@corp.local, Team: bob+x@corp.local,',
  ' alice@sub.corp.local;',
  'Disposition-Notification-To:<alice@corp.local>',
  'X-Who: alice@corp.local',
];
const CHANGED = [
  ...HEAD.slice(0, 3),
  'From: "Alice, alice@corp.local" <ALICE@example.test> (of corp.local)',
  'Sender: robert@example.test',
  'To: Carol <carol@outside.test>,',
  '\tb.ob@example.test, Team: robert+x@example.test,',
  ' alice@sub.corp.local;',
  'Disposition-Notification-To:<alice@example.test>',
  'X-Who: alice@corp.local',
];
const BODY = ['', 'From: alice@corp.local', '.a dot', 'bob@corp.local  ', '=C3 end'];
const letter = (head: readonly string[]) => [...head, ...BODY].join('\n');
const wire = (text: string) => text.replaceAll(/^\./gm, '..');
/** The letter as it lies in a mailbox, without what servers put in front of it. */
const own = (text: string | undefined) => {
  const plain = (text ?? '').replaceAll('\r\n', '\n').trimEnd();
  return plain.slice(Math.max(0, plain.indexOf('Message-ID: <')));
};

test('between real servers', (t) =>
  withScene(t, async (scene) => {
    await t.test('a letter of the inside leaves with outside addresses, an answer comes in to the inside ones', () =>
      lettersGoBothWays(scene),
    );
    await t.test('addresses in UTF-8 and in quotes, a reload brings another map', () => oddAddressesLeave(scene));
  }));

async function lettersGoBothWays({ edge, within, outside }: Scene): Promise<void> {
  const said = await send(within, 'bob@corp.local', ['carol@outside.test'], wire(letter(HEAD)));
  assert.match(said.at(-1) ?? '', /^250 /);
  const [left] = await arrived(outside, 'carol');
  assert.equal(own(left), letter(CHANGED));
  assert.match(left ?? '', /^Return-Path: <robert@example\.test>/m);

  const line = await dialogue(edge.port, { localAddress: OUTSIDE });
  await line.next();
  await line.say('EHLO mx.outside.test');
  await line.say('MAIL FROM:<carol@outside.test>');
  assert.match(await line.say('RCPT TO:<robert@example.test>'), /^250 /);
  assert.match(await line.say('RCPT TO:<Alice@Example.test>'), /^250 /);
  for (const nobody of ['bob@example.test', 'nobody@example.test'])
    assert.match(await line.say(`RCPT TO:<${nobody}>`), nobody.startsWith('bob') ? /^250 / : /^550 5\.1\.1 /);
  await line.say('DATA');
  const answer = letter([
    'Message-ID: <two@outside.test>',
    'From: carol@outside.test',
    'To: robert@example.test, alice@corp.local',
  ]);
  assert.match(await line.say(`${wire(answer).replaceAll('\n', '\r\n')}\r\n.`), /^250 /);
  line.close();
  for (const user of ['bob', 'alice']) assert.equal(own((await arrived(within, user))[0]), answer, 'header untouched');

  const messages = async () => (await edge.events()).filter(({ event }) => event === 'message');
  await until(async () => (await messages()).length === 2, 5_000);
  assert.deepEqual(
    (await messages()).map(({ sender, recipients, onward }) => ({ sender, recipients, onward })),
    [
      { sender: 'bob@corp.local', recipients: ['carol@outside.test'], onward: { sender: 'robert@example.test' } },
      {
        sender: 'carol@outside.test',
        recipients: ['robert@example.test', 'Alice@example.test', 'bob@example.test'],
        onward: { recipients: ['bob@corp.local', 'Alice@corp.local', 'bob@corp.local'] },
      },
    ],
  );
  const traced = await mailward(['trace', 'robert@example.test', '--config', edge.file]);
  assert.match(traced.out, /from bob@corp\.local to carol@outside\.test\n +went on from robert@example\.test\n/);
}

async function oddAddressesLeave({ edge, outside }: Scene): Promise<void> {
  const write = async (from: string, address: string) => {
    const line = await dialogue(edge.port);
    await line.next();
    assert.match(await line.say('EHLO app.corp.local'), /250[- ]SMTPUTF8/);
    line.send(Buffer.from(`MAIL FROM:<${from}> SMTPUTF8 BODY=8BITMIME\r\n`).toString('latin1'));
    assert.match(await line.next(), /^250 /);
    assert.match(await line.say('RCPT TO:<carol@outside.test> ORCPT=rfc822;bob@corp.local'), /^250 /);
    await line.say('DATA');
    const text = `Message-ID: <x@y.test>\r\n${DATE}\r\nFrom: Jörg <${address}>\r\n\r\nü ${address}`;
    assert.match(await line.say(`${Buffer.from(text).toString('latin1')}\r\n.`), /^250 /);
    line.close();
  };
  await write('jörg@corp.local', 'jörg@corp.local');
  await write('"b ob"@corp.local', '"b ob"@corp.local');
  const [, first, second] = await arrived(outside, 'carol', 3);
  assert.match(first ?? '', /^Return-Path: <jörg@example\.test>/m);
  assert.equal(own(first), `Message-ID: <x@y.test>\n${DATE}\nFrom: Jörg <jörg@example.test>\n\nü jörg@corp.local`);
  assert.match(second ?? '', /^Return-Path: <b\.ob@example\.test>/m);
  assert.equal(own(second), `Message-ID: <x@y.test>\n${DATE}\nFrom: Jörg <b.ob@example.test>\n\nü "b ob"@corp.local`);

  const before = await readFile(edge.file, 'utf8');
  await writeFile(edge.file, before.replace('b.ob@example.test', 'reloaded@example.test'));
  edge.signal('SIGHUP');
  await until(() => edge.said.includes('the new configuration is in force'), 10_000);
  await write('"b ob"@corp.local', '"B ob"@corp.local');
  const [, , , third] = await arrived(outside, 'carol', 4);
  assert.match(third ?? '', /^Return-Path: <reloaded@example\.test>/m);
  assert.match(third ?? '', /^From: Jörg <reloaded@example\.test>/m);
}
