import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codes, openSession } from '../../../test/harness/edge-session.ts';

const OK = '250';

/** The codes of the answers to lines that are sent one by one behind EHLO, or behind HELO. */
async function answers(lines: readonly string[], hello = 'EHLO a.example') {
  const edge = openSession();
  edge.greet();
  const said: string[] = [];
  for (const line of [hello, ...lines]) said.push(codes(await edge.send(`${line}\r\n`)));
  const faults = edge.events.flatMap((event) => (event.kind === 'fault' ? [event.rule.id] : []));
  return { codes: said.slice(1).join(' '), faults, ended: edge.ended };
}

const MAIL = 'MAIL FROM:<a@a.example>';
const RCPT = 'RCPT TO:<b@here.example>';

test('a sender may have the letters of RFC 5321, a recipient none that route', async () => {
  assert.equal((await answers(['MAIL FROM:<list!a%b.example@a.example>'])).codes, OK);
  assert.equal((await answers([MAIL, 'RCPT TO:<b%c.example@here.example>'])).codes, '250 501');
  assert.equal((await answers([MAIL, 'RCPT TO:<c.example!b@here.example>'])).codes, '250 501');
  assert.equal((await answers([MAIL, 'RCPT TO:<"b c"@here.example>'])).codes, '250 250');
  assert.equal((await answers([MAIL, 'RCPT TO:<"b> NOTIFY=NEVER "@here.example>'])).codes, '250 501');
});

test('an original recipient has a type, or the upstream would refuse what we took', async () => {
  assert.equal((await answers([MAIL, `${RCPT} ORCPT=rfc822;b@here.example`])).codes, '250 250');
  assert.equal((await answers([MAIL, `${RCPT} ORCPT=alice`])).codes, '250 555');
  assert.equal((await answers([MAIL, `${RCPT} ORCPT=;alice`])).codes, '250 555');
});

test('bytes above 127 in a command want SMTPUTF8, and are refused and counted otherwise', async () => {
  const name = 'm\xc3\xbcller';
  for (const line of [`MAIL FROM:<${name}@a.example>`, `NOOP ${name}`, `VRFY ${name}`, `HELP ${name}`, `EHLO ${name}`])
    assert.deepEqual(await answers([line]), { codes: '501', faults: ['protocol/eight-bit'], ended: false });
  assert.equal((await answers([MAIL, `RCPT TO:<${name}@here.example>`])).codes, '250 501');
  assert.equal(
    (await answers([`MAIL FROM:<${name}@a.example> SMTPUTF8`, `RCPT TO:<${name}@here.example>`])).codes,
    '250 250',
  );
  assert.equal((await answers([`VRFY ${name} SMTPUTF8`])).codes, '252');
});

test('who said HELO was not offered to send ahead', async () => {
  const ahead = await answers([`${MAIL}\r\n${RCPT}`], 'HELO a.example');
  assert.deepEqual(ahead, { codes: '503', faults: ['protocol/pipelining'], ended: true });
  assert.equal((await answers([`${MAIL}\r\n${RCPT}`])).codes, '250 250');
  assert.equal(
    (await answers([MAIL, RCPT, 'DATA', 'a: b\r\n\r\nx\r\n.\r\nQUIT'], 'HELO a.example')).codes,
    '250 250 354 250 221',
  );
  assert.deepEqual((await answers([], `HELO a.example\r\n${MAIL}`)).faults, ['protocol/pipelining']);
});
