import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readExchanges, sightingsOfExchanges } from '../platform/dialogue.ts';
import { identify } from '../platform/identify.ts';
import { ntlmLines } from '../platform/ntlm-line.ts';
import { NTLM_NEGOTIATE } from '../wire/ntlm/negotiate.ts';
import type { TakenMessage } from './bounce.ts';
import { answerOf, readPersona } from './persona.ts';
import { createPersonaSession } from './persona-session.ts';

const folder = new URL('./personas/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.smtp'));

function play(name: string, lines: readonly string[], took: (message: TakenMessage) => void = () => undefined): string {
  const persona = readPersona(readFileSync(new URL(name, folder), 'utf8'));
  const now = () => Date.parse('2026-11-25T10:00:00Z');
  const session = createPersonaSession(persona, {
    host: 'mx.d.example',
    domain: 'd.example',
    peer: '192.0.2.9',
    now,
    took,
  });
  const said = (acts: ReturnType<typeof session.open>) =>
    acts.map((act) => (act.act === 'send' ? Buffer.from(act.bytes).toString('latin1') : '')).join('');
  let text = said(session.open()).replace(/^/gm, 'S: ').replace(/S: $/, '');
  for (const line of lines) {
    const answer = said(session.ingest(Buffer.from(`${line}\r\n`, 'latin1')));
    text += `C: ${line}\n${answer.replace(/^/gm, 'S: ').replace(/S: $/, '')}`;
  }
  return text.replaceAll('\r\n', '\n');
}

const VISIT = [
  'EHLO a.example',
  'HELP',
  'VRFY qqqq',
  'XQQQQ',
  'MAIL FROM:<p@a.example>',
  'RCPT TO:<qqqq@d.example>',
  'RSET',
  'QUIT',
];

const products: Readonly<Record<string, RegExp>> = {
  'courier.smtp': /Courier/,
  'exchange-2000.smtp': /Exchange/,
  'exchange-2003.smtp': /Exchange/,
  'exchange-2007.smtp': /Exchange/,
  'exchange-2019.smtp': /Exchange/,
  'exim.smtp': /Exim/,
  'haraka.smtp': /Haraka/,
  'opensmtpd.smtp': /OpenSMTPD/,
  'postfix.smtp': /Postfix/,
  'sendmail.smtp': /Sendmail/,
};

test('every persona has a product to be taken for, and none is missing', () => {
  assert.deepEqual(files.sort(), Object.keys(products).sort());
});

for (const [file, product] of Object.entries(products)) {
  test(`${file} is taken for what it plays, with and without its greeting`, () => {
    const dialogue = play(file, VISIT);
    const shown = sightingsOfExchanges(readExchanges(dialogue));
    assert.match(identify(shown).product ?? '', product);
    const hidden = shown.filter(({ kind }) => kind !== 'smtp.banner');
    assert.match(identify(hidden).product ?? '', product);
  });
}

test('the first case that fits answers, and * is any text', () => {
  const persona = readPersona('S: 220 hi\nC: RCPT TO:<a*>\nS: 250 a\nC: RCPT*\nS: 550 no\n');
  assert.deepEqual(answerOf(persona, 'rcpt to:<alice@x>')?.lines, ['250 a']);
  assert.deepEqual(answerOf(persona, 'RCPT TO:<bob@x>')?.lines, ['550 no']);
  assert.equal(answerOf(persona, 'DATA'), undefined);
});

test('Exchange 2007 takes letters for its domain and relays none, and its NTLM tells names of the inside', () => {
  const said = play('exchange-2007.smtp', [
    'RCPT TO:<a@d.example> NOTIFY=NEVER',
    'RCPT TO:<a@elsewhere.example>',
    `AUTH NTLM`,
    NTLM_NEGOTIATE,
  ]);
  assert.match(said, /^S: 250 2\.1\.5 Recipient OK$[\s\S]*^S: 550 5\.7\.1 Unable to relay$/m);
  assert.deepEqual(ntlmLines(said), [
    'system 6.0.6001',
    'computer HARBOUR-EX01.corp.harbour.local',
    'domain corp.harbour.local',
    'forest corp.harbour.local',
  ]);
});

test('a persona with a line that means nothing is a fault of ours, and is named', () => {
  assert.throws(() => readPersona('S: 220 hi\nnonsense\n'), /line 2/);
});

test('Exchange 2007 takes a letter to nobody, dots undone', () => {
  const taken: TakenMessage[] = [];
  play(
    'exchange-2007.smtp',
    ['EHLO a.example', 'MAIL FROM:<p@a.example>', 'RCPT TO:<qqqq@d.example>', 'DATA', 'Subject: x', '', '..one', '.'],
    (message) => taken.push(message),
  );
  assert.equal(taken.length, 1);
  const [{ sender, recipient, bytes }] = taken as [TakenMessage];
  assert.deepEqual(
    [sender, recipient, bytes.toString()],
    ['p@a.example', 'qqqq@d.example', 'Subject: x\r\n\r\n.one\r\n'],
  );
});

test('a client that sends without an end is hung up on', () => {
  const persona = readPersona('S: 220 hi\n');
  const session = createPersonaSession(persona, {
    host: 'h',
    domain: 'd',
    peer: 'p',
    now: () => 0,
    took: () => undefined,
  });
  assert.deepEqual(session.ingest(Buffer.alloc(5_000, 'a')).at(-1), { act: 'hang-up' });
});
