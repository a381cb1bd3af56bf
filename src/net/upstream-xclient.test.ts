import assert from 'node:assert/strict';
import { test } from 'node:test';
import { xclientLine } from './upstream-xclient.ts';

const client = { address: '192.0.2.9', port: 4321, hello: 'a b=c.test', extended: true };
const ALL = ['NAME', 'ADDR', 'PROTO', 'HELO', 'PORT', 'LOGIN'];

test('a peer is named by what the server takes, in xtext', () => {
  assert.equal(
    xclientLine(client, ALL),
    'XCLIENT NAME=[UNAVAILABLE] ADDR=192.0.2.9 PORT=4321 PROTO=ESMTP HELO=a+20b+3Dc.test',
  );
  assert.equal(xclientLine({ ...client, address: '2001:db8::1' }, ['addr']), 'XCLIENT ADDR=IPV6:2001:db8::1');
  assert.match(xclientLine({ ...client, extended: false }, ALL), / PROTO=SMTP /);
});

test('nobody is named as nobody', () => {
  assert.equal(xclientLine(null, ['ADDR', 'HELO']), 'XCLIENT ADDR=[UNAVAILABLE] HELO=[UNAVAILABLE]');
});
