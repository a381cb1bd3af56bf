import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterBench } from '../../../test/harness/edge-filter.ts';
import { codes, openSession, type SessionWish } from '../../../test/harness/edge-session.ts';
import { originalRecipient, readOriginalRecipient } from '../../wire/smtp/original-recipient.ts';
import type { Mailbox } from '../../wire/smtp/path.ts';
import { noRelay } from '../filters/no-relay.ts';
import { transactionOf } from '../upstream/relay-upstream.ts';
import { type AddressChange, prepareRewrites, type Rewrite, type Rewrites, rewritesOf } from './rewrite.ts';

const { tools } = filterBench({ ...noRelay, prepare: () => () => ({}) });
const suffix =
  (mark: string) =>
  (mailbox: Mailbox): Mailbox =>
    mailbox.local === 'other' ? mailbox : { ...mailbox, local: `${mailbox.local}-${mark}` };
const marking = (mark: string): AddressChange => ({ sender: suffix(mark), recipient: suffix(mark) });
const rewrite = (mark: string): Rewrite => ({
  name: mark,
  prepare: () => ({ outbound: marking(`${mark}out`), inbound: marking(`${mark}in`) }),
});
const both = prepareRewrites([rewrite('1'), rewrite('2'), { name: 'off', prepare: () => null }], tools);

/** What the upstream hears of an envelope. */
async function heard(
  from: string,
  to: readonly string[],
  wish: { inside?: boolean; rewrites?: Rewrites; setting?: SessionWish['setting'] } = {},
) {
  const address = '192.0.2.9';
  const { greet, send, handed } = openSession({
    setting: {
      rewrites: wish.rewrites ?? both,
      peer: { address, port: 1, to: { address, port: 25 }, exempt: false, inside: wish.inside ?? false },
      ...wish.setting,
    },
  });
  greet();
  await send('EHLO c.example\r\n');
  const said = await send(`MAIL FROM:<${from}>\r\n${to.map((path) => `RCPT TO:${path}\r\n`).join('')}DATA\r\n`);
  assert.equal(codes(said).slice(-3), '354', said);
  await send('Subject: x\r\n\r\nx\r\n.\r\n');
  const [{ request }] = handed as [(typeof handed)[number]];
  const { sender, recipients } = transactionOf(request, request.recipients);
  return {
    request,
    lines: [sender, ...recipients.map(({ path, extras }) => [path, ...extras.map(({ text }) => text)].join(' '))],
  };
}

test('mail that comes in meets the rewrites from the outside in, and takes the first form of a recipient along', async () => {
  const { lines, request } = await heard('a@x.example', ['<b@here.example>', '<other@here.example>']);
  assert.deepEqual(lines, [
    'FROM:<a-2in-1in@x.example>',
    'TO:<b-2in-1in@here.example> ORCPT=rfc822;b@here.example',
    'TO:<other@here.example>',
  ]);
  const [first] = request.recipients;
  assert.deepEqual(
    [first.mailbox.local, ...(first.forms ?? []).map(({ local }) => local)],
    ['b', 'b-2in', 'b-2in-1in'],
    'filters see what the peer gave, and every form since',
  );
});

test('mail that goes out meets them from the inside out, and tells nobody the form that is left behind', async () => {
  const { lines } = await heard('a@here.example', ['<b@x.example>'], { inside: true });
  assert.deepEqual(lines, ['FROM:<a-1out-2out@here.example>', 'TO:<b-1out-2out@x.example>']);
});

test('a null sender is none of their business, and an ORCPT that was given stays', async () => {
  const { lines } = await heard('', ['<b@here.example> ORCPT=rfc822;first@z.example']);
  assert.deepEqual(lines, ['FROM:<>', 'TO:<b-2in-1in@here.example> ORCPT=rfc822;first@z.example']);
});

test('what goes on over the login of its writer has not left yet', async () => {
  const login = { upstream: undefined as never, close: () => undefined };
  const { session } = openSession({ setting: { rewrites: both } });
  session.login = login;
  session.peer = { ...session.peer, inside: true, account: 'anna' };
  assert.deepEqual(rewritesOf(session), []);
  session.login = null;
  assert.equal(rewritesOf(session), both.outbound);
});

for (const [address, told] of [
  ['b+tag@x.example', 'rfc822;b+2Btag@x.example'],
  ['"a b=c"@x.example', 'rfc822;"a+20b+3Dc"@x.example'],
  ['jörg@x.example', 'utf-8;j\\x{F6}rg@x.example'],
  ['人+1@x.example', 'utf-8;\\x{4EBA}\\x{2B}1@x.example'],
] as const)
  test(`${address} as ORCPT is ${told}`, () => {
    const [local = '', domain = ''] = Buffer.from(address).toString('latin1').split('@');
    assert.equal(originalRecipient({ local, domain }), told);
    assert.deepEqual(readOriginalRecipient(told), { local, domain });
  });
