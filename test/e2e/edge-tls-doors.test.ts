/** The doors of the edge as openssl's own client finds them: which TLS they speak, and a certificate that changes while sessions go on. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type CertificateWish, makeCertificate } from '../../src/net/tls-certificate.ts';
import { until } from '../harness/dialogue.ts';
import { type RunningEdge, withEdge } from '../harness/edge.ts';
import { mailSink } from '../harness/mail-sink.ts';
import { opensslFor } from '../harness/openssl-client.ts';

const DAY = 86_400_000;
const NAME = 'mx.edge.test';
const made = (key: NonNullable<CertificateWish['key']>) =>
  makeCertificate({
    names: [NAME],
    notBefore: new Date(Date.now() - DAY),
    notAfter: new Date(Date.now() + DAY),
    key,
  });
/** Whatever the client can: what is refused, the server refuses. */
const ANY = ['-cipher', 'ALL:@SECLEVEL=0'];

/** What it says to SIGHUP. */
async function reload(edge: RunningEdge): Promise<string> {
  const before = edge.said.length;
  edge.signal('SIGHUP');
  await until(() => /configuration (?:is in force|stays)/.test(edge.said.slice(before)), 10_000);
  return edge.said.slice(before);
}

test('doors speak TLS 1.2 and 1.3 and nothing older, do not begin anew for a client, and change their certificate without dropping anybody', async (t) => {
  const openssl = await opensslFor(t);
  if (openssl === null) return;
  await using sink = await mailSink();
  const folder = mkdtempSync(join(tmpdir(), 'mailward-doors-'));
  const files = { certificate: join(folder, 'mx.pem'), key: join(folder, 'mx.key') };
  const [ec, rsa] = [made('ec'), made({ rsaBits: 2_048 })];
  writeFileSync(files.certificate, ec.certificate);
  writeFileSync(files.key, ec.key);
  const settings = {
    upstream: `127.0.0.1:${sink.port}`,
    listen: ['127.0.0.1:0', 'tls://127.0.0.1:0'],
    config: `tls: { certificate: ${files.certificate}, key: ${files.key} }`,
  };
  try {
    await withEdge(settings, async (edge) => {
      const [plain, implicit] = edge.ports;
      const doors = {
        'behind STARTTLS': ['-connect', `127.0.0.1:${plain}`, '-starttls', 'smtp', '-name', 'a.test'],
        'from the first byte on': ['-connect', `127.0.0.1:${implicit}`],
      };
      const trusting = ['-CAfile', files.certificate, '-verify_hostname', NAME, '-servername', NAME];
      for (const [where, door] of Object.entries(doors)) {
        await t.test(`${where}: TLS 1.0 and 1.1 are refused`, async () => {
          for (const version of ['-tls1', '-tls1_1']) {
            const client = openssl([...door, version, ...ANY]);
            await client.sees(/alert protocol version/);
            await client.close();
          }
        });
        await t.test(`${where}: TLS 1.2 and 1.3 are spoken, with forward secrecy`, async () => {
          for (const [version, suite] of [
            ['-tls1_2', /TLSv1\.2, Cipher is ECDHE-ECDSA-\S+GCM/],
            ['-tls1_3', /TLSv1\.3, Cipher is TLS_/],
          ] as const) {
            const client = openssl([...door, version, ...trusting]);
            await client.sees(suite);
            await client.sees(/Verification: OK/);
            // Behind STARTTLS this is the end of the answer to EHLO.
            await client.sees(/\n(?:220|250) [^\n]*\n/);
            client.send('NOOP');
            await client.sees(/\n250 2\.0\.0 /);
            await client.close();
          }
        });
        await t.test(`${where}: a client that begins the handshake anew is not followed`, async () => {
          const client = openssl([...door, '-tls1_2', ...trusting]);
          await client.sees(/Verification: OK/);
          client.send('R');
          await client.sees(/RENEGOTIATING/);
          await client.sees(/no renegotiation/);
          await client.close();
        });
      }

      await t.test('SIGHUP brings a new certificate, of another kind too; sessions keep what they have', async () => {
        const bring = (certificate: string, key: string) => {
          writeFileSync(files.certificate, certificate);
          writeFileSync(files.key, key);
          return reload(edge);
        };
        const shows = async (kind: RegExp) => {
          for (const door of Object.values(doors)) {
            const client = openssl([...door, '-tls1_3']);
            await client.sees(kind);
            await client.close();
          }
        };
        const old = Object.values(doors).map((door) => openssl([...door, '-tls1_3']));
        for (const client of old) await client.sees(/Peer signature type: ECDSA/);
        assert.match(await bring(rsa.certificate, rsa.key), /is in force/);
        await shows(/Peer signature type: RSA-PSS/);
        assert.match(
          await bring(ec.certificate, rsa.key),
          /stays: tls\.key: .* does not belong to the first certificate/,
        );
        await shows(/Peer signature type: RSA-PSS/);
        assert.match(await bring(ec.certificate, ec.key), /is in force/);
        await shows(/Peer signature type: ECDSA/);
        for (const client of old) {
          client.send('NOOP');
          await client.sees(/\n250 2\.0\.0 /);
          await client.close();
        }
      });

      await t.test('of two certificates each client is shown the one it can take', async () => {
        const second = { certificate: join(folder, 'rsa.pem'), key: join(folder, 'rsa.key') };
        writeFileSync(second.certificate, rsa.certificate);
        writeFileSync(second.key, rsa.key);
        const one = readFileSync(edge.file, 'utf8');
        const add = (to: typeof second) =>
          one.replace(
            `key: ${files.key}`,
            `key: ${files.key}, second: { certificate: ${to.certificate}, key: ${to.key} }`,
          );
        const told = (text: string) => {
          writeFileSync(edge.file, text);
          return reload(edge);
        };
        assert.match(await told(add(files)), /stays: tls\.second\.certificate: .* of the same kind as the first, ec/);
        assert.match(await told(add(second)), /is in force/);
        for (const [kind, args] of [
          [/Peer signature type: ECDSA/, ['-tls1_3']],
          [/Peer signature type: RSA-PSS/, ['-tls1_3', '-sigalgs', 'rsa_pss_rsae_sha256']],
          [/Cipher is ECDHE-ECDSA-/, ['-tls1_2']],
          [/Cipher is ECDHE-RSA-/, ['-tls1_2', '-cipher', 'aRSA']],
        ] as const) {
          const client = openssl([...doors['from the first byte on'], ...args]);
          await client.sees(kind);
          await client.close();
        }
      });
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what one process began another goes on with: a ticket saves a handshake, whoever takes the connection', async (t) => {
  const openssl = await opensslFor(t);
  if (openssl === null) return;
  await using sink = await mailSink();
  const folder = mkdtempSync(join(tmpdir(), 'mailward-doors-'));
  const ticket = join(folder, 'ticket');
  const settings = { upstream: `127.0.0.1:${sink.port}`, listen: 'tls://127.0.0.1:0', config: 'workers: 2' };
  try {
    await withEdge(settings, async (edge) => {
      const connected = async (args: readonly string[], expected: RegExp) => {
        const client = openssl(['-connect', `127.0.0.1:${edge.port}`, '-tls1_2', ...args]);
        await client.sees(expected);
        await client.sees(/\n220 /);
        client.send('QUIT');
        await client.sees(/DONE|closed/);
        await client.close();
      };
      await connected(['-sess_out', ticket], /New, TLSv1\.2/);
      // They take turns, so that both have it.
      for (let time = 0; time < 4; time++) await connected(['-sess_in', ticket], /Reused, TLSv1\.2/);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
