/** What of the inside a header holds is changed on the way out and nothing else is: names, signed bodies, all other fields, all other mail. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atMessage, filterBench, peer } from '../../../test/harness/edge-filter.ts';
import { noRelay } from '../filters/no-relay.ts';
import { NO_REWRITE, type RewriteOptions } from '../options.ts';
import type { Peer } from '../stage.ts';
import { insideAddresses } from './inside-addresses.ts';

const outbound = {
  addresses: new Map([['bob@corp.local', { local: 'robert', domain: 'example.com' }]]),
  domains: new Map([['corp.local', 'example.com']]),
  below: new Map([['corp.local', 'example.com']]),
};

function through(text: string, more: Partial<RewriteOptions> = {}, who: Partial<Peer> = { inside: true }) {
  const { tools } = filterBench({ ...noRelay, prepare: () => () => ({}) });
  const options = { ...tools.options, rewrite: { ...NO_REWRITE, outbound, ...more } };
  const seen = atMessage(text, { peer: peer('10.0.0.5', who) });
  const hits = insideAddresses.prepare({ ...tools, options })(seen);
  return {
    text: seen.message.bytes.toString('latin1'),
    hits: hits.map(({ rule, because }) => `${rule.id}: ${because}`),
  };
}

const BODY =
  'Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\nFrom: anna@corp.local\r\n\r\nbob@corp.local\r\n..\r\n--b--\r\n';
const HEAD =
  'Message-ID: <1@ex01.corp.local>\r\nReferences: <0@ex01.corp.local> <y@z.example>\r\nSubject: anna@corp.local\r\n' +
  'From: "anna@corp.local" <anna@corp.local>\r\nSender: bob@corp.local\r\nReply-To: x@y.example\r\n' +
  'To: bob@corp.local,\r\n\tx@y.example\r\nresent-from: ops@db7.corp.local\r\n' +
  'Disposition-Notification-To: <anna@corp.local>\r\nX-Owner: anna@corp.local\r\n';

test('fields that hold addresses are changed; all others, and the body, are the same bytes', () => {
  const { text, hits } = through(HEAD + BODY);
  const expected = HEAD.replace(
    '<anna@corp.local>\r\nSender: bob@corp.local',
    '<anna@example.com>\r\nSender: robert@example.com',
  )
    .replace('To: bob@corp.local', 'To: robert@example.com')
    .replace('ops@db7.corp.local', 'ops@example.com')
    .replace('To: <anna@corp.local>', 'To: <anna@example.com>');
  assert.equal(text, `${expected}${BODY.replace('..', '.')}\r\n`);
  assert.deepEqual(hits, ['header/inside-address: 5 in from, sender, to, resent-from, disposition-notification-to']);
});

test('ids of messages change where that is wanted', () => {
  const { text } = through(HEAD + BODY, { messageIds: true });
  assert.match(
    text,
    /^Message-ID: <1@example\.com>\r\nReferences: <0@example\.com> <y@z\.example>\r\nSubject: anna@corp\.local/,
  );
});

for (const [whose, who, more] of [
  ['mail that comes in', { inside: false }, {}],
  ['mail that goes on over the login of its writer', { inside: true, account: 'anna' }, {}],
  ['all mail where no map is given', { inside: true }, NO_REWRITE],
] as const)
  test(`${whose} keeps its header`, () => {
    const { text, hits } = through(HEAD + BODY, more, who);
    assert.equal(text, `${HEAD}${BODY.replace('..', '.')}\r\n`);
    assert.deepEqual(hits, []);
  });

test('mail of who logged in is changed where it goes out itself', () => {
  assert.equal(through(HEAD + BODY, { afterLogin: true }, { inside: true, account: 'anna' }).hits.length, 1);
});

const signature = (names: string) => `DKIM-Signature: v=1; a=rsa-sha256; d=example.com;\r\n\th=${names}; bh=x; b=y\r\n`;

test('a signature that will not hold is named; by configuration what it covers stays, the whole header with it', () => {
  const signed = `${signature('Subject:\r\n\t FROM : To')}${HEAD}${BODY}`;
  assert.equal(through(signed).hits[0], 'header/signature-undone: changed: from, to');
  assert.match(through(signed).text, /<anna@example\.com>/);
  const left = through(signed, { signed: 'leave' });
  assert.equal(left.text, `${signed.replace('..', '.')}\r\n`);
  assert.deepEqual(left.hits, ['header/signature-undone: left: from, to']);
});

test('a signature that covers nothing of what changes is nobody’s business', () => {
  for (const field of [signature('subject:date'), signature('subject').replace('DKIM', 'X-DKIM')]) {
    const { text, hits } = through(`${field}${HEAD}${BODY}`, { signed: 'leave' });
    assert.match(text, /<anna@example\.com>/);
    assert.equal(hits.length, 1);
  }
});
