import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UpstreamClientName } from './upstream-transaction.ts';
import { xclientLine } from './upstream-xclient.ts';

const NAMELESS = { kind: 'none' } as const;
const client = { address: '192.0.2.9', port: 4321, name: NAMELESS, hello: 'a b=c.test', extended: true };
const ALL = ['NAME', 'ADDR', 'PROTO', 'HELO', 'PORT', 'LOGIN'];

test('a peer is named by what the server takes, in xtext', () => {
  assert.equal(
    xclientLine(client, ALL),
    'XCLIENT NAME=[UNAVAILABLE] ADDR=192.0.2.9 PORT=4321 PROTO=ESMTP HELO=a+20b+3Dc.test',
  );
  assert.equal(xclientLine({ ...client, address: '2001:db8::1' }, ['addr']), 'XCLIENT ADDR=IPV6:2001:db8::1');
  assert.match(xclientLine({ ...client, extended: false }, ALL), / PROTO=SMTP /);
});

test('a name is told as far as it was proven, and "not now" where DNS gave no answer', () => {
  const told = (name: UpstreamClientName) => xclientLine({ ...client, name }, ['NAME', 'REVERSE_NAME']);
  const name = 'mx.sender.test';
  assert.equal(told({ kind: 'confirmed', name }), `XCLIENT NAME=${name} REVERSE_NAME=${name}`);
  assert.equal(told({ kind: 'unconfirmed', name }), `XCLIENT NAME=[UNAVAILABLE] REVERSE_NAME=${name}`);
  assert.equal(told({ kind: 'unknown' }), 'XCLIENT NAME=[TEMPUNAVAIL] REVERSE_NAME=[TEMPUNAVAIL]');
  assert.equal(told({ kind: 'none' }), 'XCLIENT NAME=[UNAVAILABLE] REVERSE_NAME=[UNAVAILABLE]');
});

test('nobody is named as nobody', () => {
  assert.equal(xclientLine(null, ['ADDR', 'HELO']), 'XCLIENT ADDR=[UNAVAILABLE] HELO=[UNAVAILABLE]');
});
