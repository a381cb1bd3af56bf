/** A scan names each real server by what it does, whether its greeting names it or not, and says why it thinks so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Identity } from '../../src/finding/identity.ts';
import { selfSigned } from '../harness/certificate.ts';
import { mailward } from '../harness/program.ts';
import { type RunningServer, type ServerOptions, withServer } from '../harness/server.ts';
import { exim } from '../harness/servers/exim.ts';
import { servers } from '../harness/servers/index.ts';
import { postfix } from '../harness/servers/postfix.ts';

interface ScanReport {
  readonly schema: string;
  readonly servers: readonly {
    readonly endpoints: readonly { readonly state: string; readonly identity: Identity | null }[];
  }[];
  readonly findings: readonly { readonly rule: string; readonly evidence: readonly { readonly kind: string }[] }[];
  readonly unreached: readonly unknown[];
}

async function scan(server: RunningServer): Promise<ScanReport> {
  const { out, err, status } = await mailward([
    'scan',
    `${server.address}:${server.port}`,
    '--json',
    '--no-save',
    '--quiet',
  ]);
  assert.ok(status === 0 || status === 1, `status ${status}: ${err}`);
  const report = JSON.parse(out) as ScanReport;
  assert.equal(report.schema, 'mailward/report/1');
  assert.deepEqual(report.unreached, []);
  return report;
}

/** The package's version as far as the greeting of that product tells it. */
const TELLS_VERSION: ReadonlySet<string> = new Set(['Exim', 'qpsmtpd', 'Sendmail']);

for (const server of servers) {
  test(`a scan names ${server.product} that shows itself`, (t) =>
    withServer(t, server, {}, async (running) => {
      const identity = endpointOf(await scan(running)).identity;
      assert.match(identity?.product ?? '', new RegExp(server.product, 'i'));
      assert.ok((identity?.because.length ?? 0) > 0);
      if (TELLS_VERSION.has(server.product)) assert.ok(running.version.startsWith(identity?.version ?? 'none'));
    }));

  test(`a scan names ${server.product} behind a hidden greeting, by what it does`, (t) =>
    withServer(t, server, { banner: 'hidden' }, async (running) => {
      const identity = endpointOf(await scan(running)).identity;
      assert.match(identity?.product ?? '', new RegExp(server.product, 'i'));
      const clues = new Set(identity?.because.map(({ clue }) => clue));
      if (server.hides) assert.ok(!clues.has('greeting'), 'the greeting names nothing');
      assert.ok(clues.size > 0);
    }));
}

for (const server of [postfix, exim]) {
  test(`a scan sees STARTTLS and the self-signed certificate of ${server.product}`, async (t) => {
    const pair = await selfSigned(['mx.example.test']);
    if ('kind' in pair && process.env['MAILWARD_NO_SKIP'] !== '1') return t.skip(pair.reason);
    const options: ServerOptions = { tls: pair as { certificate: string; key: string } };
    await withServer(t, server, options, async (running) => {
      const rules = (await scan(running)).findings.map(({ rule }) => rule);
      assert.ok(
        rules.some((rule) => rule.startsWith('certificate/')),
        rules.join(' '),
      );
      assert.ok(!rules.includes('starttls/missing'), rules.join(' '));
    });
  });
}

function endpointOf(report: ScanReport): ScanReport['servers'][number]['endpoints'][number] {
  const endpoint = report.servers[0]?.endpoints[0];
  assert.equal(endpoint?.state, 'open');
  return endpoint!;
}
