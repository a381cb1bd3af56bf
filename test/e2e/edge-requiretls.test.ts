/** REQUIRETLS (RFC 8689): mail that asks for it goes to a server that has it and is proven to be the right one, and to nobody else. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Dialogue, dialogue, until } from '../harness/dialogue.ts';
import { keyDigest, withGuardedMx } from '../harness/guarded-mx.ts';
import { requireTlsServer, withNpmServer } from '../harness/npm-server.ts';
import { domainOf, withRoutes } from '../harness/routed-edge.ts';

/** Somebody at the door, inside TLS, and what the gateway offered there. */
async function insideTls(
  port: number,
): Promise<{ readonly client: Dialogue; readonly before: string; readonly offered: string }> {
  const client = await dialogue(port);
  await client.next();
  const before = await client.say('EHLO a.test');
  await client.say('STARTTLS');
  await client.startTls();
  return { client, before, offered: await client.say('EHLO a.test') };
}

/** The answers from MAIL on, to the first that is no yes. */
async function write(client: Dialogue, number: number, parameter = ' REQUIRETLS'): Promise<string> {
  await client.say('RSET');
  const lines = [
    `MAIL FROM:<a@sender.test>${parameter}`,
    `RCPT TO:<all@${domainOf(number)}>`,
    'DATA',
    'Subject: only inside TLS\r\n\r\nx\r\n.',
  ];
  for (const line of lines) {
    const reply = await client.say(line);
    if (!/^[23]/.test(reply) || line === lines.at(-1)) return reply;
  }
  return '';
}

test('mail that requires TLS goes on to a proven server that has the extension; to others it does not, and its sender hears 550 5.7.30', (t) =>
  withGuardedMx(t, ['*.example.test'], async (mx) => {
    const folder = await mkdtemp(join(tmpdir(), 'mailward-requiretls-'));
    const file = join(folder, 'envelopes');
    const pair = mx.certify(['*.example.test']);
    const taken = async () =>
      (await readFile(file, 'utf8').catch(() => ''))
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { readonly requireTLS: boolean; readonly secure: boolean });
    try {
      await withNpmServer(t, requireTlsServer(pair, file), undefined, async (server) => {
        const pin = keyDigest(new X509Certificate(pair.certificate));
        const zone = `knows.example.test A ${server.address}\nlacks.example.test A ${mx.server.address}`;
        const known = `to: "smtp+tls://knows.example.test:${server.port}"`;
        const proven = [`{ ${known} }`, `{ ${known}, pin: "${pin}" }`].map((entry) => ({ entry }));
        await withRoutes(mx, proven, zone, async (edge) => {
          await until(async () => {
            const { client, offered } = await insideTls(edge.port);
            client.close();
            return offered.includes('REQUIRETLS');
          }, 10_000);
          const { client, before } = await insideTls(edge.port);
          assert.doesNotMatch(before, /REQUIRETLS/, 'in the clear it cannot be asked for');
          for (const number of proven.keys()) assert.match(await write(client, number), /^250 /);
          assert.match(await write(client, 0, ''), /^250 /);
          assert.deepEqual(
            (await taken()).map(({ requireTLS, secure }) => [requireTLS, secure]),
            [
              [true, true],
              [true, true],
              [false, true],
            ],
          );
          client.close();
          const plain = await dialogue(edge.port);
          await plain.next();
          await plain.say('EHLO a.test');
          assert.match(await plain.say('MAIL FROM:<a@sender.test> REQUIRETLS'), /^5/);
          plain.close();
        });
        const before = (await taken()).length;
        const others = [
          `{ to: "smtp+tls://lacks.example.test:${mx.server.port}" }`,
          `{ ${known}, trust: anybody }`,
          `"smtp+tls-if-offered://knows.example.test:${server.port}"`,
          `"smtp://knows.example.test:${server.port}"`,
        ].map((entry) => ({ entry }));
        await withRoutes(mx, others, zone, async (edge) => {
          const { client, offered } = await insideTls(edge.port);
          assert.doesNotMatch(offered, /REQUIRETLS/);
          for (const [number, { entry }] of others.entries()) {
            assert.match(await write(client, number), /^550 5\.7\.30 /, entry);
            assert.match(await write(client, number, ''), /^250 /, entry);
          }
          client.close();
          assert.equal((await taken()).length - before, 3);
          assert.ok((await taken()).slice(before).every(({ requireTLS }) => !requireTLS));
          await until(async () => (await mx.lettersOf('only inside TLS')).length === 1, 10_000);
        });
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  }));
