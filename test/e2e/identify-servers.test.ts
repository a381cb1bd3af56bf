/**
 * Each real server, with its greeting shown, hidden and forged, is named rightly; a forged greeting is told as what speaks against it,
 * and the version or range that is told holds the version that runs. Wants Debian packages and two npm packages (`MAILWARD_CACHE`).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Identity } from '../../src/finding/identity.ts';
import { identify } from '../../src/platform/identify.ts';
import { readRange, within } from '../../src/platform/version-range.ts';
import { converse } from '../harness/client.ts';
import { FORGED, listen, MAILBOX_PROTOCOLS } from '../harness/mailbox-dialogue.ts';
import { haraka, smtpServer, withNpmServer } from '../harness/npm-server.ts';
import { withServer } from '../harness/server.ts';
import { cyrus, dovecot, servers } from '../harness/servers/index.ts';

const HOST = 'mx.example.test';
/** What a visit says: one connection, three provoked errors, no DATA. */
const VISIT = [
  'EHLO client.example.test',
  'HELP',
  'VRFY nobody.here',
  'XNONSENSE',
  'MAIL FROM:<probe@client.example.test>',
  'RCPT TO:<nobody.here@example.test>',
  'RSET',
  'QUIT',
];

type Greeting = 'stock' | 'hidden' | 'forged';
const GREETINGS: readonly Greeting[] = ['stock', 'hidden', 'forged'];

/** Our word for the product where the harness has another. */
const NAMES: Readonly<Record<string, string>> = { Courier: 'Courier Mail Server', Cyrus: 'Cyrus IMAP' };
/** Who says nothing that differs between its versions, once its greeting and its HELP name none. */
const NO_VERSION: ReadonlySet<string> = new Set(['smtp-server', 'qpsmtpd']);

interface Running {
  readonly product: string;
  readonly version: string;
  readonly address: string;
  readonly port: number;
}

function forgedFor(product: string): { readonly name: string; readonly text: string } {
  return product === 'Exim'
    ? { name: 'Postfix', text: `${HOST} ESMTP Postfix (2.11.3)` }
    : { name: 'Exim', text: `${HOST} ESMTP Exim 4.84.2` };
}

function bannerFor(product: string, greeting: Greeting): string | undefined {
  if (greeting === 'stock') return undefined;
  return greeting === 'hidden' ? `${HOST} ESMTP` : forgedFor(product).text;
}

/** Who cannot change its own greeting gets it changed on the way, as a proxy in front would. */
async function visited(running: Running, banner: string | undefined): Promise<Identity> {
  const [own = '', ...replies] = await converse(running, VISIT);
  const greeting = banner === undefined || own.includes(banner) ? own : `220 ${banner}`;
  const lines = [greeting, ...replies].flatMap((reply, at) => [
    ...(at === 0 ? [] : [`C: ${VISIT[at - 1]}`]),
    ...reply.split('\n').map((line) => `S: ${line}`),
  ]);
  return identify([{ kind: 'transcript', text: lines.join('\n') }]);
}

async function check(running: Running, greeting: Greeting): Promise<void> {
  const identity = await visited(running, bannerFor(running.product, greeting));
  const told = JSON.stringify(identity, null, 1);
  assert.equal(identity.product, NAMES[running.product] ?? running.product, told);
  if (identity.version !== null) assert.equal(identity.version, running.version, told);
  else if (identity.versionRange !== null)
    assert.ok(within(running.version, readRange(identity.versionRange)), `${running.version} in ${told}`);
  else assert.ok(NO_VERSION.has(running.product), `neither version nor range: ${told}`);
  const against = identity.because.filter(({ clue }) => clue.endsWith('against it'));
  if (greeting !== 'forged') assert.deepEqual(against, []);
  else
    assert.ok(
      against.some(({ value }) => value.startsWith(forgedFor(running.product).name)),
      told,
    );
}

for (const server of servers) {
  for (const greeting of GREETINGS) {
    test(`${server.product} is named with its greeting ${greeting}`, (t) => {
      const banner = server.hides ? bannerFor(server.product, greeting) : undefined;
      return withServer(t, server, banner === undefined ? {} : { banner }, (running) => check(running, greeting));
    });
  }
}

for (const server of [haraka, smtpServer]) {
  for (const greeting of GREETINGS) {
    test(`${server.product} is named with its greeting ${greeting}`, (t) =>
      withNpmServer(t, server, bannerFor(server.product, greeting), (running) => check(running, greeting)));
  }
}

for (const server of [dovecot, cyrus]) {
  for (const greeting of GREETINGS) {
    for (const protocol of MAILBOX_PROTOCOLS) {
      const { name } = protocol;
      test(`${server.product} is named by ${name} with its greeting ${greeting}`, (t) =>
        withServer(t, server, greeting === 'stock' ? {} : { banner: 'hidden' }, async (running) => {
          const port = name === 'lmtp' ? running.port : (running.ports[name] ?? 0);
          const heard = await listen({ address: running.address, port }, protocol);
          const text = (greeting === 'forged' ? heard.with(0, FORGED[name]) : heard).join('\n');
          const identity = identify([{ kind: 'transcript', text }]);
          const told = `${text}\n${JSON.stringify(identity, null, 1)}`;
          assert.equal(identity.product, NAMES[running.product] ?? running.product, told);
          if (identity.version !== null) assert.equal(identity.version, running.version, told);
          else if (identity.versionRange !== null)
            assert.ok(within(running.version, readRange(identity.versionRange)), told);
          const against = identity.because.filter(({ clue }) => clue.endsWith('against it'));
          assert.equal(against.length > 0, greeting === 'forged', told);
        }));
    }
  }
}
