import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayGoInClear, readImapUrl } from './imap-url.ts';

test('a URL names host, port, account and folder; what it leaves out has its usual value', () => {
  assert.deepEqual(readImapUrl('imaps://ann:s%3Acret@mail.example.com'), {
    host: 'mail.example.com',
    port: 993,
    secure: true,
    user: 'ann',
    password: 's:cret',
    folder: 'INBOX',
  });
  assert.deepEqual(readImapUrl('imap://ann%40example.com:x@[::1]:1143/Lists/Bounces%202', 'unused'), {
    host: '::1',
    port: 1143,
    secure: false,
    user: 'ann@example.com',
    password: 'x',
    folder: 'Lists/Bounces 2',
  });
});

test('the password may come from elsewhere', () => {
  const place = readImapUrl('imaps://ann@mail.example.com', 'kept');
  assert.equal('fault' in place ? place.fault : place.password, 'kept');
});

for (const [url, fault] of [
  ['imaps://mail.example.com', 'it names no user'],
  ['imaps://ann@mail.example.com', 'it has no password'],
  ['imaps://ann:x@', 'it is no URL'],
  ['imaps://ann:%zz@mail.example.com', 'a % in it encodes nothing'],
  ['pop3://ann:x@mail.example.com', 'pop3:// is not known here'],
] as const)
  test(`${url}: ${fault}`, () => assert.deepEqual(readImapUrl(url), { fault }));

test('a password goes in clear to this machine and this network only', () => {
  const clear = (host: string) => {
    const place = readImapUrl(`imap://ann:x@${host}`);
    assert.ok(!('fault' in place));
    return mayGoInClear(place);
  };
  assert.deepEqual(['localhost', '127.0.0.9', '10.1.2.3', '[fd00::1]'].map(clear), [true, true, true, true]);
  assert.deepEqual(['mail.example.com', '192.0.2.1'].map(clear), [false, false]);
});
