/** Domains that are arranged oddly are read as the RFCs have it, from the zone over the wire to the report. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { createSecureContext, type SecureContextOptions, TLSSocket } from 'node:tls';
import { listenDns } from '../../src/net/dns-listener.ts';
import { type Listening, listen } from '../../src/net/listener.ts';
import { type CertificateWish, makeCertificate } from '../../src/net/tls-certificate.ts';
import { readZone } from '../../src/range/zone.ts';
import { createZoneServer } from '../../src/range/zone-server.ts';
import { commandLine } from '../harness/command-line.ts';
import { type Behaviour, byVerb } from '../harness/scripted-server.ts';

const DAY = 86_400_000;
const REPLIES = { HELP: '214 ask elsewhere', VRFY: '252 2.5.2 maybe', RCPT: '550 5.1.1 nobody', QUIT: '221 bye' };

/** A server without fault but for its TLS. */
function server(wish: Partial<CertificateWish>, tls: SecureContextOptions = {}): Behaviour {
  const { certificate, key } = makeCertificate({
    names: ['mx.sound.test'],
    notBefore: new Date(Date.now() - DAY),
    notAfter: new Date(Date.now() + 300 * DAY),
    ...wish,
  });
  const secureContext = createSecureContext({ cert: certificate, key, ciphers: 'DEFAULT:@SECLEVEL=0', ...tls });
  const plain = byVerb('220 mx ESMTP', { ...REPLIES, EHLO: '250-mx\r\n250-SIZE 1000\r\n250 STARTTLS' });
  const inside = byVerb('', { ...REPLIES, EHLO: '250-mx\r\n250 SIZE 1000' });
  return {
    ...plain,
    onLine(line, socket) {
      if (line !== 'STARTTLS') return plain.onLine?.(line, socket);
      socket.removeAllListeners('data').write('220 go\r\n');
      const secure = new TLSSocket(socket, { isServer: true, secureContext }).on('error', () => {});
      secure.on('data', (bytes: Buffer) => {
        for (const text of bytes.toString('latin1').split('\r\n').slice(0, -1)) inside.onLine?.(text, secure);
      });
    },
  };
}

const SERVERS: Readonly<Record<string, Behaviour>> = {
  '127.0.0.2': server({}),
  '127.0.0.3': server({ names: ['mx.expired.test'], notAfter: new Date(Date.now() - DAY / 2) }),
  '127.0.0.4': server({ names: ['mx.old.test'] }, { minVersion: 'TLSv1', maxVersion: 'TLSv1' }),
  '::1': server({ names: ['mx.six.test'] }),
};

const sound = (domain: string): string => `
${domain}            TXT "v=spf1 -all"
_dmarc.${domain}     TXT "v=DMARC1; p=reject; rua=mailto:a@${domain}"
_smtp._tls.${domain} TXT "v=TLSRPTv1; rua=mailto:a@${domain}"`;

const ZONE = `
test                 SOA ns.test root.test 7 30
sound.test           MX   10 MX.Sound.Test.
mx.sound.test        A    127.0.0.2
${['sound', 'null', 'implicit', 'alias', 'six', 'five', 'expired', 'old', 'name', 'xn--bcher-kva'].map((name) => sound(`${name}.test`)).join('\n')}
sub.sound.test       MX   10 mx.sound.test
sub.sound.test       TXT  "v=spf1 -all"
_smtp._tls.sub.sound.test TXT "v=TLSRPTv1; rua=mailto:a@sound.test"
xn--bcher-kva.test   MX   10 mx.sound.test
null.test            MX   0 .
implicit.test        A    127.0.0.2
alias.test           MX   10 mx.alias.test
mx.alias.test        CNAME mx.sound.test
six.test             MX   10 mx.six.test
mx.six.test          AAAA ::1
five.test            MX   30 e.five.test
five.test            MX   10 mx.sound.test
five.test            MX   20 d.five.test
five.test            MX   20 b.five.test
five.test            MX   20 c.five.test
*.five.test          A    127.0.0.2
*.wild.test          MX   10 mx.sound.test
*.wild.test          TXT  "v=spf1 -all"
expired.test         MX   10 mx.expired.test
mx.expired.test      A    127.0.0.3
old.test             MX   10 mx.old.test
mx.old.test          A    127.0.0.4
name.test            MX   10 mx.name.test
mx.name.test         A    127.0.0.2
`;

interface Report {
  readonly target: string;
  readonly servers: readonly { readonly name: string; readonly endpoints: readonly { readonly state: string }[] }[];
  readonly findings: readonly { readonly rule: string; readonly subject: string }[];
  readonly unreached: readonly unknown[];
}

/** What every server of these tests brings: it stands on loopback, has no reverse name and no public certificate. */
const OF_THE_BENCH = new Set([
  'mx/private-address',
  'ptr/missing',
  'certificate/untrusted',
  'recipient/told-apart',
  'mta-sts/missing',
]);

const open: Listening[] = [];
let dns: Listening;
let port = 0;
before(async () => {
  dns = await listenDns('127.0.0.1', 0, createZoneServer(readZone(ZONE)));
  for (const [address, behaviour] of Object.entries(SERVERS)) {
    const onConnection = (socket: Socket): void => {
      let rest = '';
      socket.on('data', (bytes: Buffer) => {
        const lines = (rest + bytes.toString('latin1')).split('\r\n');
        rest = lines.pop() ?? '';
        for (const line of lines) behaviour.onLine?.(line, socket);
      });
      behaviour.greet?.(socket);
    };
    const listening = await listen({ address, port, onConnection });
    port = listening.port;
    open.push(listening);
  }
});
after(async () => {
  for (const listening of [dns, ...open]) await listening.close();
});

async function scan(domain: string): Promise<Report> {
  const where = ['--resolver', `127.0.0.1:${dns.port}`, '--smtp-ports', String(port)];
  const { out, err } = await commandLine(['scan', domain, '--json', '--no-save', '--timeout', '5', ...where]);
  assert.equal(err, '');
  return JSON.parse(out) as Report;
}

const MX = 'mx.sound.test';
const cases: readonly (readonly [
  what: string,
  typed: string,
  target: string,
  servers: readonly string[],
  rules: readonly string[],
])[] = [
  ['that is sound', 'sound.test', 'sound.test', [MX], []],
  ['in capitals with a dot behind it', 'SOUND.Test.', 'sound.test', [MX], []],
  ['in another script', 'bücher.test', 'xn--bcher-kva.test', [MX], []],
  ['below one whose DMARC counts for it', 'sub.sound.test', 'sub.sound.test', [MX], []],
  ['with a null MX', 'null.test', 'null.test', [], []],
  [
    'without MX, with an address',
    'implicit.test',
    'implicit.test',
    ['implicit.test'],
    ['mx/implicit', 'certificate/name'],
  ],
  ['whose MX is an alias', 'alias.test', 'alias.test', ['mx.alias.test'], ['mx/alias', 'certificate/name']],
  ['with IPv6 alone', 'six.test', 'six.test', ['mx.six.test'], []],
  [
    'with five MX, most preferred first',
    'five.test',
    'five.test',
    [MX, 'b.five.test', 'c.five.test', 'd.five.test', 'e.five.test'],
    ['certificate/name'],
  ],
  ['that a wildcard makes', 'x.wild.test', 'x.wild.test', [MX], ['dmarc/missing', 'tls-rpt/missing']],
  [
    'whose server has an expired certificate',
    'expired.test',
    'expired.test',
    ['mx.expired.test'],
    ['certificate/expired'],
  ],
  ['whose server speaks TLS 1.0 alone', 'old.test', 'old.test', ['mx.old.test'], ['tls/old-version']],
  ['whose server has the name of another', 'name.test', 'name.test', ['mx.name.test'], ['certificate/name']],
];

for (const [what, typed, target, servers, rules] of cases) {
  test(`a domain ${what}: ${rules.join(', ') || 'nothing to mend'}`, async () => {
    const report = await scan(typed);
    assert.equal(report.target, target);
    assert.deepEqual(
      report.servers.map(({ name, endpoints }) => `${name} ${endpoints.map(({ state }) => state).join(' ')}`),
      servers.map((name) => `${name} open`),
    );
    const found = report.findings.map(({ rule }) => rule).filter((rule) => !OF_THE_BENCH.has(rule));
    assert.deepEqual([...new Set(found)].sort(), [...rules].sort());
    assert.deepEqual(report.unreached, []);
  });
}
