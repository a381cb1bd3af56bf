/** MTA-STS (RFC 8461) with a Postfix, a web host of policies and a DNS server of the test's own: what each policy lets through, and what a restart remembers. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { listenDns } from '../../src/net/dns-listener.ts';
import { makeCertificate } from '../../src/net/tls-certificate.ts';
import { readZone } from '../../src/range/zone.ts';
import { createZoneServer } from '../../src/range/zone-server.ts';
import { withGuardedMx } from '../harness/guarded-mx.ts';
import { type PolicyAnswer, policyHost, policyText } from '../harness/policy-host.ts';
import { type Case, expectFate, withRoutes } from '../harness/routed-edge.ts';
import { tapWire } from '../harness/tapped-wire.ts';

type Row = readonly [what: string, answer: (mx: string) => PolicyAnswer, fate: Case['fate']];

const enforce = (mx: string) => policyText('enforce', mx);
const away: PolicyAnswer = (_request, response) => response.writeHead(503).end();
const page =
  (contentType: string, behind = ''): ((mx: string) => PolicyAnswer) =>
  (mx) =>
  (_request, response) =>
    response
      .writeHead(200, { 'content-type': contentType })
      .end(`version: STSv1\nmode: enforce\nmx: ${mx}\nmax_age: 86400\n${behind}`);

const ROWS = {
  named: ['names the server and is in force', enforce, 'inside TLS'],
  wildcard: ['names it by a wildcard', (mx) => policyText('enforce', mx.replace('mx.', '*.')), 'inside TLS'],
  deeper: [
    'names hosts a level below',
    (mx) => policyText('enforce', mx.replace('mx.', '*.mx.')),
    /does not name mx\./,
  ],
  other: ['names another', () => policyText('enforce', 'mx.elsewhere.test'), /does not name mx\./],
  testing: ['is only tried out', (mx) => policyText('testing', mx), /not in force \(mode testing\)/],
  withdrawn: ['is withdrawn', (mx) => policyText('none', mx), /not in force \(mode none\)/],
  away: ['cannot be had', () => away, /the server answers 503/],
  elsewhere: [
    'lies elsewhere',
    () => (_request, response) => response.writeHead(301, { location: 'https://mta-sts.named.test/' }).end(),
    /it redirects elsewhere/,
  ],
  large: ['is larger than any', page('text/plain', '\n'.repeat(65_536)), /more than 65536 bytes are not taken/],
  html: ['is a page', page('text/html'), /not text\/plain/],
  unsigned: ['is of a host that nobody vouches for', enforce, /self-signed certificate/i],
  webName: ['is of a host of another name', enforce, /altnames/i],
  mxName: ['names a server whose certificate has another name', enforce, /its certificate is not for mx\./],
  tlsa: ['names a server whose certificate fails TLSA', enforce, /not what TLSA asks for/],
  stripped: ['names a server whose STARTTLS somebody took out', enforce, /STARTTLS is wanted and not offered/],
  kept: ['is kept', enforce, 'inside TLS'],
  inVain: ['is kept while the next cannot be had', enforce, 'inside TLS'],
  changed: ['is kept until the next is there', enforce, 'inside TLS'],
  over: ['is kept until its time is over', enforce, 'inside TLS'],
} as const satisfies Readonly<Record<string, Row>>;

type Key = keyof typeof ROWS;
const keys = Object.keys(ROWS) as Key[];
const domainOf = (key: Key) => `${key.toLowerCase()}.test`;
/** What certificates bear: a host of each domain but one. */
const hosts = (host: string, but: Key) =>
  keys.filter((key) => key !== but).map((key) => `${host}.${domainOf(key)}`) as [string, ...string[]];

test('mail goes where a policy in force lets it go, inside TLS; else the peer hears "later" before DATA', (t) =>
  withGuardedMx(t, hosts('mx', 'mxName'), async (mx) => {
    const web = await policyHost(mx.certify(hosts('mta-sts', 'webName')));
    if ('kind' in web) {
      if (process.env['MAILWARD_NO_SKIP'] === '1') throw new Error(web.reason);
      return t.skip(web.reason);
    }
    await using _ = web;
    await using stripped = await tapWire(mx.server, (text) => text.replace('250-STARTTLS\r\n', ''));
    const ids = new Map<Key, number>();
    const tlsa = `_${mx.server.port}._tcp.mx.${domainOf('tlsa')} TLSA 3 1 1 ${'ab'.repeat(32)}`;
    const zone = () =>
      keys.map((key) => {
        const domain = domainOf(key);
        const { address } = key === 'stripped' ? stripped : mx.server;
        const record = `_mta-sts.${domain} TXT v=STSv1; id=${ids.get(key) ?? 1}`;
        return `mx.${domain} A ${address}\nmta-sts.${domain} A ${web.address}\n${record}`;
      });
    const dns = await listenDns('127.0.0.1', 0, (query, transport) =>
      createZoneServer(readZone([...zone(), tlsa, `${domainOf('tlsa')} ! signed`].join('\n')))(query, transport),
    );
    const cases = keys.map((key): Case => {
      const host = `mx.${domainOf(key)}`;
      const [what, answer, fate] = ROWS[key];
      web.set(domainOf(key), answer(host));
      const to =
        key === 'stripped' ? `smtp+tls-if-offered://${host}:${stripped.port}` : `smtp+tls://${host}:${mx.server.port}`;
      return { what, host, entry: `{ to: "${to}", trust: mta-sts, policyOf: ${domainOf(key)} }`, fate };
    });
    const day = 86_400_000;
    const own = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) };
    web.certify(domainOf('unsigned'), makeCertificate({ names: [`mta-sts.${domainOf('unsigned')}`], ...own }));
    try {
      await withRoutes(mx, cases, dns, async (edge) => {
        const expect = (key: Key, on = edge, change: Partial<Case> = {}) => {
          const number = keys.indexOf(key);
          return expectFate(on, mx, number, { ...(cases[number] as Case), ...change });
        };
        for (const key of keys) await t.test(ROWS[key][0], () => expect(key));
        edge.signal('SIGTERM');
        await edge.ended;

        for (const key of ['kept', 'inVain', 'over'] as const) web.set(domainOf(key), away);
        ids.set('inVain', 2).set('changed', 2);
        web.set(domainOf('changed'), policyText('enforce', 'mx.elsewhere.test'));
        const file = join(edge.folder, 'data', 'mta-sts', `${domainOf('over')}.json`);
        await writeFile(file, (await readFile(file, 'utf8')).replace(/"until":\d+/, '"until":1'));
        const again = await edge.again();
        try {
          const after = {
            kept: 'inside TLS',
            inVain: 'inside TLS',
            changed: /does not name/,
            over: /answers 503/,
          } as const;
          for (const [key, fate] of Object.entries(after)) {
            const what = `after a restart: ${ROWS[key as Key][0]}`;
            await t.test(what, () => expect(key as Key, again, { what, fate }));
          }
          assert.equal(
            web.asked.filter((host) => host === `mta-sts.${domainOf('kept')}`).length,
            1,
            'what is kept is not asked for',
          );
        } finally {
          await again.stop();
        }
      });
    } finally {
      await dns.close();
    }
  }));
