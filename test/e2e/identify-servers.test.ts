/**
 * Each real server, with its greeting shown, hidden and forged, is named rightly; a forged greeting is told as what speaks against it,
 * and the version or range that is told holds the version that runs. Wants Debian packages and two npm packages (`MAILWARD_CACHE`).
 */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { Identity } from '../../src/finding/identity.ts';
import { identify } from '../../src/platform/identify.ts';
import type { SightingKind } from '../../src/platform/sighting.ts';
import { readRange, within } from '../../src/platform/version-range.ts';
import { converse } from '../harness/client.ts';
import { haraka, smtpServer, withNpmServer } from '../harness/npm-server.ts';
import { withServer } from '../harness/server.ts';
import { dovecot, servers } from '../harness/servers/index.ts';

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
const NAMES: Readonly<Record<string, string>> = { Courier: 'Courier Mail Server' };
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

for (const banner of ['stock', 'hidden'] as const) {
  test(`Dovecot is named by IMAP, POP3 and LMTP with its greeting ${banner}, or not at all`, (t) =>
    withServer(t, dovecot, { banner }, async (running) => {
      const seen = async (kind: SightingKind, port: number | undefined) =>
        identify([{ kind, text: await firstLine(running.address, port ?? 0) }]);
      const imap = await seen('imap.banner', running.ports['imap']);
      assert.equal(imap.product, 'Dovecot');
      assert.ok(within(running.version, readRange(imap.versionRange ?? '')), imap.versionRange ?? 'no range');
      const pop = await seen('pop.banner', running.ports['pop3']);
      const lmtp = await seen('smtp.banner', running.port);
      const expected = banner === 'stock' ? ['Dovecot', 'Dovecot'] : [null, pickLmtp(lmtp)];
      assert.deepEqual([pop.product, lmtp.product], expected);
    }));
}

/** Hidden, LMTP says `ready` or keeps its own words, as the version has it; either way no other product is named. */
function pickLmtp({ product }: Identity): string | null {
  return product === 'Dovecot' ? product : null;
}

async function firstLine(host: string, port: number): Promise<string> {
  const socket = connect({ host, port, signal: AbortSignal.timeout(20_000) });
  let text = '';
  try {
    for await (const bytes of socket) {
      text += bytes.toString('latin1');
      if (text.includes('\r\n')) break;
    }
  } finally {
    socket.destroy();
  }
  return text.split('\r\n')[0] ?? '';
}
