import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { declaredZone } from '../../../test/harness/declared-zone.ts';
import { dnsTools } from '../../../test/harness/scan-tools.ts';
import { byVerb, scriptedServer } from '../../../test/harness/scripted-server.ts';
import { challengeBytes } from '../../../test/ntlm/challenge-bytes.ts';
import { UnreachedError } from '../../finding/unreached.ts';
import { systemClock } from '../../net/clock.ts';
import { createDialler } from '../../net/dialler.ts';
import { createSmtpClient } from '../../net/smtp-client.ts';
import { makeCertificate } from '../../net/tls-certificate.ts';
import { createWebClient } from '../../net/web-client.ts';
import { judge } from '../judge.ts';
import { look } from '../look.ts';
import { web } from './web.ts';

type Page = readonly [status: number, fields: Readonly<Record<string, string>>, body?: string];
type Site = Readonly<Record<string, Page>>;

const tools = {
  ...dnsTools(declaredZone('')),
  web: createWebClient({ clock: systemClock, limits: { answer: 2_000 } }),
};

/** A web server with these pages; `asked` are the paths that were asked for. */
async function site(t: TestContext, pages: Site): Promise<{ readonly port: number; readonly asked: string[] }> {
  const now = Date.now();
  const { certificate, key } = makeCertificate({
    names: ['mx.d.example'],
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + 60_000),
  });
  const asked: string[] = [];
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const [status, fields, body] = pages[path] ?? [404, {}, 'nothing here'];
    response.writeHead(status, fields).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, asked };
}

const targetAt = (port: number) => ({ name: 'mx.d.example', address: '127.0.0.1', port, domain: 'd.example' });

const LOGON = '/owa/auth/logon.aspx';
const EXPORT_TOOL = '/ecp/Current/exporttool/microsoft.exchange.ediscovery.exporttool.application';
const CHALLENGE = Buffer.from(
  challengeBytes({
    targetName: 'CORP',
    pairs: { 3: 'ex01.corp.example', 4: 'corp.example' },
    system: { major: 10, minor: 0, build: 17763 },
  }),
).toString('base64');

const EXCHANGE: Site = {
  '/': [302, { location: `https://mx.d.example${LOGON}?url=x`, 'x-feserver': 'EX01' }],
  [`${LOGON}?url=x`]: [200, {}, '<link href="/owa/auth/15.2.1118/themes/resources/favicon.ico">'],
  [LOGON]: [200, {}, '<title>Outlook</title><link href="/owa/auth/15.2.1118/themes/resources/favicon.ico">'],
  [EXPORT_TOOL]: [
    200,
    { 'content-type': 'application/xml' },
    '<assemblyIdentity name="microsoft.exchange.ediscovery.exporttool.application" version="15.2.1118.40"/>',
  ],
  '/ecp/': [302, { location: 'https://mx.d.example/owa/auth/logon.aspx?url=https%3a%2f%2fmx.d.example%2fecp%2f' }],
  '/ews/exchange.asmx': [401, { 'www-authenticate': `NTLM ${CHALLENGE}` }, ''],
};

test('the greeting names Exchange, its web side the build; each is told where it was seen', async (t) => {
  const { port, asked } = await site(t, EXCHANGE);
  await using server = await scriptedServer(
    byVerb('220 mx.d.example Microsoft ESMTP MAIL Service ready at Wed, 25 Nov 2026 10:00:00 +0000', {
      EHLO: '250-mx.d.example Hello [192.0.2.9]\r\n250-SIZE 37748736\r\n250-PIPELINING\r\n250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-BINARYMIME\r\n250-CHUNKING\r\n250 SMTPUTF8',
      QUIT: '221 2.0.0 Service closing transmission channel',
    }),
  );
  const smtp = createSmtpClient({ clock: systemClock, dial: createDialler({ clock: systemClock }) });
  const target = { kind: 'server', host: 'mx.d.example', port: server.port, text: 'mx.d.example' } as const;
  const pins = new Map([['mx.d.example', { address: '127.0.0.1', port: null }]]);
  const options = { depth: 'polite', smtpPorts: [25], httpPorts: [port], pins } as const;
  const report = judge(await look(target, options, { ...tools, smtp }));

  assert.deepEqual(asked, ['/', `${LOGON}?url=x`, LOGON, EXPORT_TOOL, '/ecp/', '/ews/exchange.asmx']);
  const [mail, webSide] = report.servers[0]?.endpoints ?? [];
  assert.deepEqual([mail?.state, webSide?.state, webSide?.port], ['open', 'open', port]);
  assert.deepEqual([mail?.identity?.product, mail?.identity?.version], ['Exchange Server', '15.2.1118.40']);
  assert.equal(webSide?.identity?.version, '15.2.1118.40');
  assert.deepEqual([...new Set(report.vulnerabilities.map(({ subject }) => subject))], [`mx.d.example:${server.port}`]);
  const told = report.findings.filter(({ subject }) => subject === `mx.d.example:${port}`);
  assert.deepEqual(
    told.map(({ rule, evidence }) => [rule.id, 'quote' in evidence[0] ? evidence[0].quote : null]),
    [
      ['web/internal-name', 'x-feserver: EX01'],
      ['web/version', '/owa/auth/15.2.1118/'],
      ['web/admin-page', `Location: ${EXCHANGE['/ecp/']?.[1]['location']}`],
      ['ntlm/names', 'system 10.0.17763, computer ex01.corp.example, domain corp.example'],
    ],
  );
});

test('a web mail in front of another mail server keeps its name to itself', async (t) => {
  const { port, asked } = await site(t, {
    '/': [
      200,
      { 'set-cookie': 'roundcube_sessid=abc; path=/' },
      '<title>Roundcube Webmail :: Welcome</title><script>rcmail.set_env({"rcversion":10509});</script>',
    ],
  });
  await using server = await scriptedServer(byVerb('220 mx.d.example ESMTP Postfix', { QUIT: '221 2.0.0 Bye' }));
  const smtp = createSmtpClient({ clock: systemClock, dial: createDialler({ clock: systemClock }) });
  const target = { kind: 'server', host: 'mx.d.example', port: server.port, text: 'mx.d.example' } as const;
  const pins = new Map([['mx.d.example', { address: '127.0.0.1', port: null }]]);
  const dossier = await look(target, { depth: 'polite', smtpPorts: [25], httpPorts: [port], pins }, { ...tools, smtp });
  const [mail, webSide] = judge(dossier).servers[0]?.endpoints ?? [];
  assert.deepEqual(asked, ['/', LOGON]);
  assert.deepEqual([mail?.identity?.product, webSide?.identity?.product], ['Postfix', 'Roundcube Webmail']);
});

test('a server whose administration is shut and whose pages tell nothing has no fault', async (t) => {
  const { port } = await site(t, { ...EXCHANGE, '/': [403, {}], [LOGON]: [403, {}], '/ecp/': [403, {}] });
  const { pages } = await web.look(targetAt(port), tools);
  assert.deepEqual(
    pages.map(({ path, status }) => [path, status]),
    [
      ['/', 403],
      [LOGON, 403],
    ],
  );
});

test('a redirect elsewhere is not followed, and a page that never ends is cut', async (t) => {
  const { port, asked } = await site(t, {
    '/': [301, { location: 'https://elsewhere.example/' }, 'x'.repeat(200_000)],
  });
  const { pages } = await web.look(targetAt(port), tools);
  assert.deepEqual(asked, ['/', LOGON]);
  assert.equal(pages[0]?.body.length, 32_768);
});

test('nobody at the port, and somebody who speaks no TLS, are told with the reason', async () => {
  await assert.rejects(
    web.look(targetAt(1), tools),
    (fault) => fault instanceof UnreachedError && fault.reason === 'refused',
  );
  await using server = await scriptedServer(byVerb('220 mx.d.example', { QUIT: '221 bye' }));
  await assert.rejects(
    web.look(targetAt(server.port), tools),
    (fault) => fault instanceof UnreachedError && fault.reason === 'tls-failed',
  );
});
