import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DnsAnswer, Resolver } from '../net/resolver.ts';
import { askConsent, consentSecret, consentToken } from './consent.ts';

const SECRET = Buffer.from('a secret of this test');
const token = (domain: string) => consentToken(domain, SECRET);

/** A resolver that knows these TXT records and notes what it was asked. */
function texts(records: Readonly<Record<string, string>>): Resolver & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async query(name): Promise<DnsAnswer> {
      asked.push(name);
      const text = records[name];
      if (text === undefined) return { status: 'no-such-name', chain: [], authenticated: false };
      const record = { name, ttl: 1, type: 'TXT', text, strings: [text] } as const;
      return { status: 'found', name, records: [record], chain: [], authenticated: false };
    },
    close: () => undefined,
  };
}

const ask = (
  host: string,
  addresses: readonly string[],
  records = {},
  authorised: string | undefined = 'Ann, a test',
) => askConsent({ host, addresses, authorised, token, resolver: texts(records) });

test('nothing is attacked without a word who allows it, wherever it is', async () => {
  for (const authorised of [undefined, '', '  ']) {
    const consent = await askConsent({
      host: '127.0.0.1',
      addresses: ['127.0.0.1'],
      authorised,
      token,
      resolver: texts({}),
    });
    assert.equal(consent.granted, false);
  }
});

test('loopback and private addresses need no more than that, and no DNS', async () => {
  const resolver = texts({});
  for (const address of [
    '127.0.0.1',
    '127.9.8.7',
    '10.1.2.3',
    '172.16.0.9',
    '192.168.1.1',
    '::1',
    'fd00::1',
    'fe80::1',
  ]) {
    const consent = await askConsent({
      host: address,
      addresses: [address],
      authorised: 'Ann, a test',
      token,
      resolver,
    });
    assert.deepEqual(consent, { granted: true, by: 'inside' }, address);
  }
  assert.deepEqual(resolver.asked, []);
});

test('a public address needs the token of its name, or of a domain above it down to the registered one', async () => {
  const host = 'mx.mail.example.com';
  for (const domain of ['mx.mail.example.com', 'mail.example.com', 'example.com']) {
    const granted = await ask(host, ['198.51.100.7'], { [`_mailward.${domain}`]: `mailward=${token(domain)}` });
    assert.deepEqual(granted, { granted: true, by: 'token' }, domain);
  }
  const above = await ask(host, ['198.51.100.7'], { '_mailward.com': `mailward=${token('com')}` });
  assert.equal(above.granted, false);
});

test('one public address among private ones is enough to ask for the token', async () => {
  assert.equal((await ask('mx.example.com', ['10.0.0.1', '198.51.100.7'])).granted, false);
});

test('the token of another domain or another installation does not count', async () => {
  for (const text of [
    token('example.org'),
    consentToken('example.com', Buffer.from('another')),
    'mailward=',
    'mailward',
  ]) {
    const consent = await ask('mx.example.com', ['198.51.100.7'], { '_mailward.example.com': text });
    assert.equal(consent.granted, false, text);
  }
});

test('a public address without a name cannot be vouched for, and the refusal says what to do', async () => {
  const bare = await ask('198.51.100.7', ['198.51.100.7']);
  assert.ok(!bare.granted && bare.because.includes('host name'));
  const named = await ask('mx.example.com', ['198.51.100.7']);
  assert.ok(!named.granted && named.because.includes('mailward scan --token example.com'));
});

test('the secret is made once, for its owner only', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mailward-consent-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const below = join(folder, 'state');
  const first = consentSecret(below);
  assert.equal(first.length, 32);
  assert.deepEqual(consentSecret(below), first);
  assert.equal(statSync(join(below, 'consent.key')).mode & 0o777, 0o600);
});
