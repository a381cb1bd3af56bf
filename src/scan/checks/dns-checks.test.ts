import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declaredZone } from '../../../test/harness/declared-zone.ts';
import { dnsTools } from '../../../test/harness/scan-tools.ts';
import { judge } from '../judge.ts';
import { look } from '../look.ts';

/** A zone in which nothing is wrong; each case takes from it or adds to it. */
const SOUND = `
d.example              MX   10 mx.d.example
mx.d.example           A    192.0.2.1
1.2.0.192.in-addr.arpa PTR  mx.d.example
d.example              TXT  "v=spf1 mx -all"
_dmarc.d.example       TXT  "v=DMARC1; p=reject; rua=mailto:d@d.example"
_mta-sts.d.example     TXT  "v=STSv1; id=1"
mta-sts.d.example      A    192.0.2.2
_smtp._tls.d.example   TXT  "v=TLSRPTv1; rua=mailto:t@d.example"
`;

/** The policy that the sound zone's web server has; it covers whatever the cases name. */
const POLICY = {
  kind: 'found',
  url: '',
  status: 200,
  contentType: 'text/plain',
  body: Buffer.from(
    'version: STSv1\nmode: enforce\nmax_age: 604800\nmx: mx.d.example\nmx: gone.example\nmx: *.d.example\nmx: 192.0.2.7\n',
  ),
  etag: null,
  lastModified: null,
} as const;

/** Lines that begin with `-` are taken out of the sound zone, all others are added. */
function zone(...changes: readonly string[]): string {
  const gone = changes.filter((line) => line.startsWith('-')).map((line) => line.slice(1));
  const kept = SOUND.split('\n').filter((line) => !gone.some((start) => line.startsWith(start)));
  return [...kept, ...changes.filter((line) => !line.startsWith('-'))].join('\n');
}

async function seen(text: string, domain = 'd.example') {
  const options = { depth: 'passive', smtpPorts: [25], pins: new Map() } as const;
  const tools = { ...dnsTools(declaredZone(text)), http: async () => POLICY };
  const dossier = await look({ kind: 'domain', domain, text: domain }, options, tools);
  return judge(dossier);
}

const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['a sound zone', [], []],
  ['no MX and no address', ['-d.example              MX', '-_mta', '-_smtp'], ['mx/none']],
  ['an implicit MX', ['-d.example              MX', 'd.example A 192.0.2.1', '-_mta', '-_smtp'], ['mx/implicit']],
  ['a null MX', ['-d.example              MX', 'd.example MX 0 .', '-_mta', '-_smtp'], []],
  ['a null MX beside another', ['d.example MX 0 .'], ['mx/null-mixed']],
  [
    'an MX that is an alias',
    [
      '-mx.d',
      'mx.d.example CNAME real.d.example',
      'real.d.example A 192.0.2.1',
      '-1.2',
      '1.2.0.192.in-addr.arpa PTR real.d.example',
    ],
    ['mx/alias'],
  ],
  ['an MX that is an address', ['d.example MX 20 192.0.2.7'], ['mx/address']],
  ['an MX that does not exist', ['d.example MX 20 gone.example'], ['mx/unresolvable']],
  ['an MX inside', ['mx.d.example A 10.0.0.1', '1.0.0.10.in-addr.arpa PTR mx.d.example'], ['mx/private-address']],
  ['no reverse name', ['-1.2'], ['ptr/missing']],
  [
    'a reverse name of someone else',
    ['-1.2', '1.2.0.192.in-addr.arpa PTR other.example', 'other.example A 192.0.2.9'],
    ['ptr/unconfirmed'],
  ],
  ['no SPF', ['-d.example              TXT'], ['spf/missing']],
  ['two SPF records', ['d.example TXT "v=spf1 -all"'], ['spf/several']],
  ['a broken SPF record', ['-d.example              TXT', 'd.example TXT "v=spf1 ip4:999.1.1.1 -all"'], ['spf/broken']],
  ['SPF for anyone', ['-d.example              TXT', 'd.example TXT "v=spf1 +all"'], ['spf/anyone']],
  [
    'SPF for anyone, in what it includes',
    ['-d.example              TXT', 'd.example TXT "v=spf1 include:e.example -all"', 'e.example TXT "v=spf1 +all"'],
    ['spf/anyone'],
  ],
  [
    'SPF for anyone in two halves',
    ['-d.example              TXT', 'd.example TXT "v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all"'],
    ['spf/anyone'],
  ],
  [
    'SPF that shuts out what another would let in',
    ['-d.example              TXT', 'd.example TXT "v=spf1 -include:e.example mx -all"', 'e.example TXT "v=spf1 +all"'],
    [],
  ],
  [
    'SPF with more behind its all, which nobody reads',
    ['-d.example              TXT', 'd.example TXT "v=spf1 mx -all include:gone.example redirect=gone.example"'],
    [],
  ],
  [
    'SPF for a large part of IPv6',
    ['-d.example              TXT', 'd.example TXT "v=spf1 ip6:2000::/3 -all"'],
    ['spf/broad'],
  ],
  [
    'SPF with three names that are not there',
    ['-d.example              TXT', 'd.example TXT "v=spf1 mx a:x.example a:y.example mx:z.example -all"'],
    ['spf/too-many-voids'],
  ],
  [
    'SPF for a large part of the Internet',
    ['-d.example              TXT', 'd.example TXT "v=spf1 ip4:8.0.0.0/7 -all"'],
    ['spf/broad'],
  ],
  [
    'SPF that says nothing in the end',
    ['-d.example              TXT', 'd.example TXT "v=spf1 mx ?all"'],
    ['spf/neutral'],
  ],
  ['SPF by ptr', ['-d.example              TXT', 'd.example TXT "v=spf1 ptr -all"'], ['spf/ptr']],
  [
    'eleven SPF lookups',
    ['-d.example              TXT', `d.example TXT "v=spf1 ${'a:mx.d.example '.repeat(11)}-all"`],
    ['spf/too-many-lookups'],
  ],
  [
    'an include that does not exist',
    ['-d.example              TXT', 'd.example TXT "v=spf1 include:gone.example -all"'],
    ['spf/dangling-include'],
  ],
  [
    'an include of a name below the domain that does not exist',
    ['-d.example              TXT', 'd.example TXT "v=spf1 include:gone.d.example -all"'],
    ['spf/bad-include'],
  ],
  ['what only looks like SPF beside a real record', ['d.example TXT "V=SPF1;mx"'], []],
  [
    'an include without SPF',
    ['-d.example              TXT', 'd.example TXT "v=spf1 include:mx.d.example -all"'],
    ['spf/bad-include'],
  ],
  ['no DMARC', ['-_dmarc'], ['dmarc/missing']],
  ['two DMARC records', ['_dmarc.d.example TXT "v=DMARC1; p=none"'], ['dmarc/several']],
  ['a broken DMARC record', ['-_dmarc', '_dmarc.d.example TXT "v=DMARC1; p=refuse"'], ['dmarc/broken']],
  [
    'DMARC that watches',
    ['-_dmarc', '_dmarc.d.example TXT "v=DMARC1; p=none; rua=mailto:d@d.example"'],
    ['dmarc/not-enforced'],
  ],
  [
    'DMARC that leaves out subdomains',
    ['-_dmarc', '_dmarc.d.example TXT "v=DMARC1; p=reject; sp=none; rua=mailto:d@d.example"'],
    ['dmarc/subdomains-not-enforced'],
  ],
  [
    'DMARC that leaves out names that do not exist',
    ['-_dmarc', '_dmarc.d.example TXT "v=DMARC1; p=reject; np=none; rua=mailto:d@d.example"'],
    ['dmarc/subdomains-not-enforced'],
  ],
  [
    'DMARC in test, one level less than it says',
    ['-_dmarc', '_dmarc.d.example TXT "v=DMARC1; p=quarantine; t=y; rua=mailto:d@d.example"'],
    ['dmarc/not-enforced'],
  ],
  ['DMARC without reports', ['-_dmarc', '_dmarc.d.example TXT "v=DMARC1; p=reject"'], ['dmarc/no-reports']],
  [
    'DMARC reports to someone who did not agree',
    ['-_dmarc', '_dmarc.d.example TXT "v=DMARC1; p=reject; rua=mailto:r@reports.example"'],
    ['dmarc/reports-not-agreed'],
  ],
  ['no MTA-STS', ['-_mta'], ['mta-sts/missing']],
  ['a broken MTA-STS record', ['-_mta', '_mta-sts.d.example TXT "v=STSv1; id=a-b"'], ['mta-sts/broken']],
  ['no TLS reports', ['-_smtp'], ['tls-rpt/missing']],
  ['a broken TLS reporting record', ['-_smtp', '_smtp._tls.d.example TXT "v=TLSRPTv1; rua=ftp:x"'], ['tls-rpt/broken']],
];

for (const [what, changes, expected] of cases) {
  test(`${what}: ${expected.join(', ') || 'nothing to say'}`, async () => {
    const { findings } = await seen(zone(...changes));
    assert.deepEqual([...new Set(findings.map(({ rule }) => rule.id))].sort(), [...expected].sort());
    for (const { evidence } of findings) assert.ok(evidence.length > 0);
  });
}

test('ten thousand MX records are counted, judged by the first, and told', async () => {
  const many = Array.from({ length: 10_000 }, (_, index) => `d.example MX 20 mx${index}.d.example`);
  const { findings, servers } = await seen(zone(...many.slice(0, 2_000)));
  assert.ok(findings.some(({ rule }) => rule.id === 'mx/too-many'));
  assert.ok(servers.length <= 10);
});

const failures: readonly (readonly [string, string, string])[] = [
  ['a domain that does not exist', 'nobody.example', 'no-such-domain'],
  ['SERVFAIL', 'broken.example', 'dns-servfail'],
  ['a refusal', 'closed.example', 'dns-refused'],
  ['silence', 'silent.example', 'dns-timeout'],
  ['garbage', 'garbage.example', 'dns-malformed'],
  ['a circle of CNAMEs', 'loop.example', 'dns-loop'],
];
const FAULTY = `
broken.example ! servfail
closed.example ! refused
silent.example ! silent
garbage.example ! garbage
loop.example CNAME loop2.example
loop2.example CNAME loop.example
`;

for (const [what, domain, reason] of failures) {
  test(`${what} is told as ${reason}, and nothing is said to be missing`, async () => {
    const report = await seen(FAULTY, domain);
    assert.deepEqual(report.findings, []);
    assert.ok(report.unreached.some((one) => one.reason === reason));
    assert.ok(report.grade !== 'A' && report.grade !== 'A+');
  });
}

test('an SPF question that failed is not a missing SPF record', async () => {
  const { findings } = await seen(zone('-d.example              TXT', '-_dmarc', '_dmarc.d.example ! servfail'));
  const rules = findings.map(({ rule }) => rule.id);
  assert.ok(!rules.includes('dmarc/missing'));
});
