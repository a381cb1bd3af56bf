import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declaredZone } from '../../test/harness/declared-zone.ts';
import { dnsTools } from '../../test/harness/scan-tools.ts';
import { byVerb, scriptedServer } from '../../test/harness/scripted-server.ts';
import { systemClock } from '../net/clock.ts';
import { createDialler } from '../net/dialler.ts';
import { createSmtpClient } from '../net/smtp-client.ts';
import { LOOK_LIMITS, type LookOptions, look } from './look.ts';
import type { ScanTools } from './probe.ts';
import type { Target } from './target.ts';

const DOMAIN: Target = { kind: 'domain', domain: 'd.example', text: 'd.example' };
const SOUND = `
d.example              MX   10 mx.d.example
mx.d.example           A    192.0.2.1
1.2.0.192.in-addr.arpa PTR  mx.d.example
d.example              TXT  "v=spf1 mx -all"
_dmarc.d.example       TXT  "v=DMARC1; p=reject"`;

function looking(zone: string, options: Partial<LookOptions> = {}, target = DOMAIN, tools?: Partial<ScanTools>) {
  const whole = { ...dnsTools(declaredZone(zone)), ...tools };
  return look(target, { depth: 'polite', smtpPorts: [25], pins: new Map(), ...options }, whole);
}

const reasons = ({
  unreached,
}: {
  readonly unreached: readonly { readonly what: string; readonly reason: string }[];
}) => unreached.map(({ what, reason }) => `${what}: ${reason}`);

test('a passive look opens no connection and still names the servers', async () => {
  const open = () => assert.fail('a connection was opened');
  const dossier = await looking(SOUND, { depth: 'passive' }, DOMAIN, { smtp: { open } });
  assert.deepEqual(dossier.servers, [
    { name: 'mx.d.example', preference: 10, addresses: ['192.0.2.1'], endpoints: [] },
  ]);
  assert.deepEqual(dossier.unreached, []);
});

test('every port of every address is an endpoint, and its state says what was met', async () => {
  const dossier = await looking(`${SOUND}\nmx.d.example AAAA 2001:db8::1`, { smtpPorts: [25, 587] });
  const [server] = dossier.servers;
  assert.deepEqual(
    server?.endpoints.map(({ address, port, state }) => `${address} ${port} ${state}`),
    ['192.0.2.1 25 closed', '192.0.2.1 587 closed', '2001:db8::1 25 closed', '2001:db8::1 587 closed'],
  );
  assert.equal(dossier.unreached.length, 4);
});

test('a pinned host is looked at where the pin says, and told by the address it stands for', async () => {
  await using server = await scriptedServer(byVerb('220 mx.d.example ESMTP', { QUIT: '221 bye' }));
  const smtp = createSmtpClient({ clock: systemClock, dial: createDialler({ clock: systemClock }) });
  const pins = new Map([['mx.d.example', { address: server.address, port: server.port }]]);
  const dossier = await looking(SOUND, { pins }, DOMAIN, { smtp });
  const endpoint = dossier.servers[0]?.endpoints[0];
  assert.deepEqual([endpoint?.address, endpoint?.port, endpoint?.state], [server.address, 25, 'open']);
  assert.equal(endpoint?.seen.visit?.ended.how, 'done');
});

test('a host with its port needs no DNS if it is an address, and says why if its name leads nowhere', async () => {
  const server = (host: string): Target => ({ kind: 'server', host, port: 2525, text: `${host}:2525` });
  const byAddress = await looking('', {}, server('192.0.2.7'));
  assert.deepEqual(reasons(byAddress), ['visit of 192.0.2.7 192.0.2.7:2525: refused']);
  assert.deepEqual(reasons(await looking('', {}, server('gone.example'))), ['gone.example: no-such-domain']);
  assert.deepEqual(reasons(await looking('here.example TXT x', {}, server('here.example'))), [
    'here.example: no-address',
  ]);
  assert.deepEqual(reasons(await looking('here.example ! servfail', {}, server('here.example'))), [
    'here.example: dns-servfail',
  ]);
});

const gaps: readonly (readonly [what: string, zone: string, unreached: readonly string[]])[] = [
  [
    'an MX whose names go round in a circle',
    'd.example MX 10 a.d.example\na.d.example CNAME b.d.example\nb.d.example CNAME a.d.example',
    ['the address of a.d.example of d.example: dns-loop'],
  ],
  [
    'an MX without an address',
    'd.example MX 10 mx.d.example\nmx.d.example TXT x',
    ['the address of mx.d.example of d.example: no-address'],
  ],
  [
    'an SPF record that DNS fails at',
    `${SOUND}\n_spf.d.example ! servfail`.replace('mx -all', 'include:_spf.d.example -all'),
    ['SPF (_spf.d.example) of d.example: dns-servfail'],
  ],
  ['a DMARC record that DNS fails at', `${SOUND}\n_dmarc.d.example ! servfail`, ['DMARC of d.example: dns-servfail']],
  ['an MTA-STS name that is silent', `${SOUND}\n_mta-sts.d.example ! silent`, ['MTA-STS of d.example: dns-timeout']],
  ['a TLS-RPT name that is refused', `${SOUND}\n_smtp._tls.d.example ! refused`, ['TLS-RPT of d.example: dns-refused']],
  [
    'a reverse name that DNS fails at',
    `${SOUND}\n1.2.0.192.in-addr.arpa ! servfail`,
    ['the reverse name of 192.0.2.1 of d.example: dns-servfail'],
  ],
  ['a domain that is not there', 'other.example TXT x', ['mail-map of d.example: no-such-domain']],
  [
    'a domain that DNS fails at, with all below it',
    'd.example ! servfail\n_dmarc.d.example ! servfail\n_mta-sts.d.example ! servfail\n_smtp._tls.d.example ! servfail',
    ['mail-map of d.example: dns-servfail', 'policy-records of d.example: dns-servfail'],
  ],
];
for (const [what, zone, unreached] of gaps) {
  test(`${what} is told, and not taken for a good sign`, async () => {
    assert.deepEqual(reasons(await looking(zone, { depth: 'passive' })), unreached);
  });
}

test('a zone does not decide how much is visited: what is beyond is counted', async () => {
  const dossier = await looking('d.example *2000 MX 10 mx%.e\n*.e A 192.0.2.1');
  assert.equal(dossier.servers.length, LOOK_LIMITS.servers);
  assert.equal(dossier.unreached[0]?.what, `${2000 - LOOK_LIMITS.servers} further mail servers`);
  assert.ok(JSON.stringify(dossier).length < 100_000);
});

test('a fault of our own is no sighting and no gap: it is thrown', async () => {
  const smtp = { open: () => Promise.reject(new TypeError('ours')) };
  await assert.rejects(looking(SOUND, {}, DOMAIN, { smtp }), /ours/);
});

test('a look that is stopped ends at once and says that it was', async () => {
  const stop = new AbortController();
  stop.abort();
  const dossier = await looking(SOUND, {}, DOMAIN, { signal: stop.signal });
  assert.ok(dossier.unreached.length > 0);
});
