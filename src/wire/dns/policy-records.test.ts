/** MTA-STS, TLS reporting, DKIM keys and TLSA: the smaller grammars. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { readDkimKey } from './dkim-key.ts';
import { coversHost, readMtaStsPolicy, readMtaStsRecord } from './mta-sts.ts';
import { readTlsRpt } from './tls-rpt.ts';
import { tlsaUse } from './tlsa.ts';

function fault(read: object): string {
  return 'fault' in read && 'at' in read ? `${read.at} ${read.fault}` : '';
}

test('an MTA-STS record has an id of letters and digits', () => {
  assert.deepEqual(readMtaStsRecord('v=STSv1; id=20260101T000000Z;'), { id: '20260101T000000Z' });
  assert.equal(fault(readMtaStsRecord('v=STSv1;')), '0 has no id');
  assert.match(fault(readMtaStsRecord('v=STSv1; id=2026-01-01')), /^8 has id=2026-01-01/);
  assert.match(fault(readMtaStsRecord(`v=STSv1; id=${'a'.repeat(33)}`)), /^8 /);
  assert.match(fault(readMtaStsRecord('v=STSv2; id=1')), /^0 /);
});

const POLICY = 'version: STSv1\r\nmode: enforce\r\nmx: MX.example.com\r\nmx: *.example.net\r\nmax_age: 86400\r\n';

test('a policy file is read with any line end; of what comes twice the first counts', () => {
  const policy = { mode: 'enforce', maxAge: 86_400, mx: ['mx.example.com', '*.example.net'] };
  assert.deepEqual(readMtaStsPolicy(POLICY), policy);
  assert.deepEqual(readMtaStsPolicy(POLICY.replaceAll('\r', '')), policy);
  assert.deepEqual(readMtaStsPolicy(`${POLICY}mode: none\nnew_key: x\n\n`), policy);
  assert.deepEqual(readMtaStsPolicy('version: STSv1\nmode: none\nmax_age: 0'), { mode: 'none', maxAge: 0, mx: [] });
});

test('a policy file that senders ignore is a fault, with its place', () => {
  const broken: readonly (readonly [string, string | RegExp])[] = [
    ['', '0 has no "version: STSv1"'],
    ['<html>', /^0 has "<html>"/],
    [POLICY.replace('STSv1', 'STSv2'), '0 has no "version: STSv1"'],
    [POLICY.replace('enforce', 'enforced'), /^16 has no mode/],
    [POLICY.replace('86400', '31557601'), /^70 has no max_age/],
    [POLICY.replace('86400', '-1'), /^70 has no max_age/],
    [POLICY.replaceAll('mx:', 'my:'), '0 names no mx'],
    [POLICY.replace('*.example.net', 'mx.*.net'), /^51 has mx: mx\.\*\.net/],
    [`${POLICY}nonsense\n`, /^86 has "nonsense"/],
    ['x: y\n'.repeat(3_000), /^10000 has more than 2000 lines/],
  ];
  for (const [text, expected] of broken) {
    if (typeof expected === 'string') assert.equal(fault(readMtaStsPolicy(text)), expected);
    else assert.match(fault(readMtaStsPolicy(text)), expected);
  }
});

test('a pattern covers a host by whole labels', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['mx.example.com', 'MX.example.com.', true],
    ['*.example.com', 'mx.example.com', true],
    ['*.example.com', 'a.mx.example.com', false],
    ['*.example.com', 'example.com', false],
    ['*.example.com', '.example.com', false],
    ['*ail.example.com', 'mail.example.com', false],
    ['example.com', 'mx.example.com', false],
    ['mx.bücher.example', 'mx.xn--bcher-kva.example', true],
  ];
  for (const [pattern, host, covers] of cases) assert.equal(coversHost(pattern, host), covers, `${pattern} ${host}`);
});

test('TLS reports go to mailto: or https:', () => {
  assert.deepEqual(readTlsRpt('v=TLSRPTv1; rua=mailto:tls@x.example,https://x.example/tls'), {
    reportTo: [
      { uri: 'mailto:tls@x.example', domain: 'x.example' },
      { uri: 'https://x.example/tls', domain: null },
    ],
  });
  assert.equal(fault(readTlsRpt('v=TLSRPTv1')), '0 has no rua');
  assert.match(fault(readTlsRpt('v=TLSRPTv1; rua=')), /^11 has an empty rua/);
  assert.match(fault(readTlsRpt('v=TLSRPTv1; rua=tls@x.example')), /^11 has a rua of tls@x\.example/);
  assert.match(fault(readTlsRpt('v=TLSRPTv1; rua=http://x.example/')), /^11 /);
  assert.match(fault(readTlsRpt('v=TLSRPTv1; rua=mailto:a@x.example; rua=mailto:b@x.example')), /has rua twice/);
});

test('the size of a DKIM key is that of its modulus, in both forms that are published', () => {
  for (const bits of [512, 1024, 2048]) {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
    const spki = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    const bare = publicKey.export({ type: 'pkcs1', format: 'der' }).toString('base64');
    for (const key of [spki, bare]) {
      const read = readDkimKey(`v=DKIM1; k=rsa; p=${key.slice(0, 30)} ${key.slice(30)}`);
      assert.ok(!('fault' in read));
      assert.deepEqual([read.bits, read.key, read.revoked], [bits, key, false]);
    }
  }
});

test('an Ed25519 key is 32 octets, flags are read, and an empty key is a revoked one', () => {
  const key = Buffer.alloc(32, 7).toString('base64');
  const read = readDkimKey(`k=ed25519; t=y:s; h=sha256; s=email; p=${key}`);
  assert.ok(!('fault' in read));
  assert.deepEqual(
    [read.keyType, read.bits, read.testing, read.strict, read.hashes, read.forMail],
    ['ed25519', 256, true, true, ['sha256'], true],
  );
  const revoked = readDkimKey('v=DKIM1; p=');
  assert.ok(!('fault' in revoked) && revoked.revoked && revoked.bits === null);
  const other = readDkimKey(`k=ed25519; s=tlsrpt; p=${key}`);
  assert.ok(!('fault' in other) && !other.forMail);
});

test('a key that verifiers refuse is a fault', () => {
  const spki = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  for (const text of [
    '',
    'v=DKIM1',
    'v=DKIM2; p=',
    'p=; v=DKIM1',
    'k=dsa; p=AAAA',
    'p=no base64!',
    'p=AAAA',
    `k=ed25519; p=${spki}`,
    'p=MA==',
    'p=MIIBIjANBgkqhkiG9w0B',
    'p=; p=',
  ])
    assert.notEqual(fault(readDkimKey(text)), '', text);
});

test('SMTP senders use TLSA 2 and 3 with digests they know', () => {
  const digest = 'ab'.repeat(32);
  const use = (usage: number, selector: number, matching: number, data = digest) =>
    tlsaUse({ usage, selector, matching, data });
  assert.equal(use(3, 1, 1), 'this-certificate');
  assert.equal(use(2, 0, 1), 'this-authority');
  assert.equal(use(3, 1, 2, digest + digest), 'this-certificate');
  assert.equal(use(3, 0, 0, '3000'), 'this-certificate');
  for (const [usage, selector, matching, data] of [
    [0, 1, 1, digest],
    [1, 1, 1, digest],
    [3, 2, 1, digest],
    [3, 1, 3, digest],
    [3, 1, 2, digest],
    [3, 1, 1, 'ab'],
    [3, 1, 0, ''],
  ] as const)
    assert.equal(use(usage, selector, matching, data), 'unusable');
});
