import { readZone } from '../../src/range/zone.ts';
import { createZoneServer } from '../../src/range/zone-server.ts';
import { readDkimKey } from '../../src/wire/dns/dkim-key.ts';
import { dmarcTreeWalk, readDmarc } from '../../src/wire/dns/dmarc.ts';
import { readMessage, writeQuery } from '../../src/wire/dns/message.ts';
import { coversHost, readMtaStsPolicy, readMtaStsRecord } from '../../src/wire/dns/mta-sts.ts';
import { readSpf } from '../../src/wire/dns/spf.ts';
import { readTlsRpt } from '../../src/wire/dns/tls-rpt.ts';
import { readIpv4, readIpv6, reverseName } from '../../src/wire/ip/address.ts';
import type { FuzzTarget } from './target.ts';

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

const serve = createZoneServer(
  readZone(`d.example MX 10 mx.d.example
mx.d.example A 192.0.2.1
mx.d.example AAAA 2001:db8::1
d.example TXT "v=spf1 mx include:_spf.d.example -all"
_25._tcp.mx.d.example TLSA 3 1 1 abcd
d.example SOA ns.d.example root.d.example 7 300
www.d.example CNAME d.example`),
);
const asked = (['MX', 'TXT', 'A', 'AAAA', 'SOA'] as const).map(
  (type) => writeQuery(7, { name: 'd.example', type }) as Buffer,
);
const answered = asked.map((query) => serve(query, 'tcp') as Buffer);

/** A reader of text, given the words that steer it. */
const textTarget = (
  name: string,
  alphabet: string,
  seeds: readonly string[],
  read: (text: string) => unknown,
): FuzzTarget => ({
  name,
  whole: true,
  seeds: seeds.map(bytesOf),
  alphabet,
  run: (bytes) => void read(textOf(bytes)),
});

export const targets: readonly FuzzTarget[] = [
  {
    name: 'dns-message',
    whole: true,
    seeds: answered,
    alphabet: '\x00\x01\x07\xc0\x0c\x3f\xff\x10\x29',
    run: (bytes) => void readMessage(bytes),
  },
  {
    name: 'dns-query',
    whole: true,
    seeds: asked,
    alphabet: '\x00\x01\x07\xc0\x0c\x3f\xff\x29de',
    run: (bytes) => {
      serve(bytes, 'udp');
    },
  },
  textTarget(
    'spf',
    'v=spf1 amxip4:/-~?+ll%{}d.',
    ['v=spf1 a mx ip4:192.0.2.0/24 ip6:2001:db8::/32 include:%{d}.x exists:%{ir}.y redirect=z -all'],
    readSpf,
  ),
  textTarget(
    'dmarc',
    'v=DMARC1;prua=mailto:@!%,. ',
    ['v=DMARC1; p=reject; sp=none; rua=mailto:a@b.example!10m,https://x; ruf=mailto:%2c@c.example; fo=1:d; pct=50'],
    (text) => {
      readDmarc(text);
      dmarcTreeWalk(text);
    },
  ),
  textTarget('mta-sts-record', 'v=STSv1;id 9a', ['v=STSv1; id=20260101'], readMtaStsRecord),
  textTarget(
    'mta-sts-policy',
    'version:STSv1\r\nmode enforcexm.*_age9',
    ['version: STSv1\r\nmode: enforce\r\nmx: *.d.example\r\nmx: mx.d.example\r\nmax_age: 604800\r\n'],
    (text) => {
      const policy = readMtaStsPolicy(text);
      if (!('fault' in policy)) for (const pattern of policy.mx) coversHost(pattern, 'mx.d.example');
    },
  ),
  textTarget(
    'tls-rpt',
    'v=TLSRPTv1;rua=mailto:@,! ',
    ['v=TLSRPTv1; rua=mailto:t@d.example,https://x.example/r'],
    readTlsRpt,
  ),
  textTarget(
    'dkim-key',
    'v=DKIM1;kprsaed25519=;/+ ',
    ['v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQ; t=s:y; h=sha256'],
    readDkimKey,
  ),
  textTarget('ip-address', '0123456789abcdef:.', ['192.0.2.1', '2001:db8::1', '::ffff:192.0.2.1'], (text) => {
    readIpv4(text);
    readIpv6(text);
    reverseName(text);
  }),
];
