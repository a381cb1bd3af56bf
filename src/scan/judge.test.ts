import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declaredZone } from '../../test/harness/declared-zone.ts';
import { dnsTools } from '../../test/harness/scan-tools.ts';
import { byVerb, scriptedServer } from '../../test/harness/scripted-server.ts';
import { systemClock } from '../net/clock.ts';
import { createDialler } from '../net/dialler.ts';
import { createSmtpClient } from '../net/smtp-client.ts';
import type { Dossier } from './dossier.ts';
import { judge } from './judge.ts';
import { look } from './look.ts';

const ZONE = `
d.example              MX   10 mx.d.example
mx.d.example           A    192.0.2.1
1.2.0.192.in-addr.arpa PTR  mx.d.example
d.example              TXT  "v=spf1 mx -all"
_dmarc.d.example       TXT  "v=DMARC1; p=reject; rua=mailto:d@d.example"`;

const EXIM = {
  EHLO: '250-mx.d.example Hello asker.example [192.0.2.9]\r\n250-SIZE 52428800\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 HELP',
  HELP: '214-Commands supported:\r\n214 AUTH HELO EHLO MAIL RCPT DATA BDAT NOOP QUIT RSET HELP',
  VRFY: '252 Administrative prohibition',
  MAIL: '250 OK',
  RCPT: '550 Unrouteable address',
  RSET: '250 Reset OK',
  QUIT: '221 mx.d.example closing connection',
  '*': '500 unrecognized command',
};

/** What a look at a domain with one such server sees. */
async function dossierOf(greeting: string, replies: Readonly<Record<string, string>> = {}): Promise<Dossier> {
  await using server = await scriptedServer(byVerb(greeting, { QUIT: '221 bye', ...replies }));
  const smtp = createSmtpClient({ clock: systemClock, dial: createDialler({ clock: systemClock }) });
  const pins = new Map([['mx.d.example', { address: server.address, port: server.port }]]);
  const target = { kind: 'domain', domain: 'd.example', text: 'd.example' } as const;
  return await look(target, { depth: 'polite', smtpPorts: [25], pins }, { ...dnsTools(declaredZone(ZONE)), smtp });
}

test('a server is named by what it says, its holes are looked up, and both stand under its name and port', async () => {
  const report = judge(await dossierOf('220 mx.d.example ESMTP Exim 4.94.2 Wed, 25 Nov 2026 10:00:00 +0000', EXIM));
  const identity = report.servers[0]?.endpoints[0]?.identity;
  assert.deepEqual([identity?.product, identity?.version], ['Exim', '4.94.2']);
  assert.ok(report.vulnerabilities.length > 0);
  for (const { subject, product } of report.vulnerabilities)
    assert.deepEqual([subject, /exim/i.test(product)], ['mx.d.example:25', true]);
  const version = report.findings.find(({ rule }) => rule.id === 'greeting/version');
  assert.equal(version?.subject, 'mx.d.example:25');
  assert.ok(JSON.stringify(version?.evidence).includes('Exim 4.94.2'));
});

test('a server that nothing names has no identity and no holes', async () => {
  const report = judge(await dossierOf('220 mx.d.example ready'));
  assert.equal(report.servers[0]?.endpoints[0]?.state, 'open');
  assert.deepEqual([report.servers[0]?.endpoints[0]?.identity, report.vulnerabilities], [null, []]);
});

test('a dossier that was stored is judged to the same report', async () => {
  const dossier = await dossierOf('220 mx.d.example ESMTP Postfix (Debian/GNU)', { VRFY: '252 2.0.0 x' });
  const { dossier: _, ...now } = judge(dossier);
  const { dossier: __, ...later } = judge(JSON.parse(JSON.stringify(dossier)) as Dossier);
  assert.deepEqual(later, now);
});

test('with nothing seen there is nothing to praise', () => {
  const at = '2026-11-25T10:00:00.000Z';
  const unreached = [{ what: 'mail-map of d.example', reason: 'dns-timeout' }] as const;
  const report = judge({
    target: 'd.example',
    depth: 'polite',
    startedAt: at,
    finishedAt: at,
    domain: {},
    servers: [],
    unreached,
  });
  assert.deepEqual([report.grade, report.score, report.findings], ['F', 0, []]);
});
