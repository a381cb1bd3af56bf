/** What is recognised of sender, recipient and message. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  atMessage,
  atRcpt,
  envelope,
  filterBench,
  peer,
  recipient,
  ruleOf,
} from '../../../test/harness/edge-filter.ts';
import { DEFAULT_CONTROLS } from '../controls.ts';
import type { RecipientWord } from '../filter.ts';
import { hardLimits } from './hard-limits.ts';
import { headerStructure } from './header-structure.ts';
import { filters, submissionFilters } from './index.ts';
import { nullSender } from './null-sender.ts';
import { ownDomain } from './own-domain.ts';
import { recipientShield } from './recipient-shield.ts';

const to = (address: string, more = {}) => atRcpt({ recipient: recipient(address), ...more });
const friend = peer('192.0.2.9', { exempt: true });

test('a bounce has one recipient', async () => {
  const bench = filterBench(nullSender);
  const bounce = { envelope: envelope('') };
  assert.equal(await ruleOf(bench.open().rcpt?.(atRcpt(bounce))), null);
  const second = { ...bounce, accepted: [recipient('a@here.example')] };
  assert.equal(await ruleOf(bench.open().rcpt?.(atRcpt(second))), 'null-sender/many-recipients');
  assert.equal(await ruleOf(bench.open().rcpt?.(atRcpt({ accepted: second.accepted }))), null);
});

test('our own domain from outside counts, from our own servers not', async () => {
  const bench = filterBench(ownDomain);
  const ours = { envelope: envelope('boss@here.example') };
  assert.equal(await ruleOf(bench.open().mail?.(atRcpt(ours))), 'sender/own-domain');
  assert.equal(await ruleOf(bench.open().mail?.(atRcpt({ ...ours, peer: friend }))), null);
  assert.equal(await ruleOf(bench.open().mail?.(atRcpt())), null);
});

test('with a list, the list decides, sub-addresses and whole domains included', async () => {
  const controls = { recipients: { ...DEFAULT_CONTROLS.recipients, list: new Set(['bob@here.example']), ask: false } };
  const bench = filterBench(recipientShield, { controls });
  assert.equal(await ruleOf(bench.open().rcpt?.(to('Bob@here.example'))), null);
  assert.equal(await ruleOf(bench.open().rcpt?.(to('bob+news@here.example'))), null);
  assert.equal(await ruleOf(bench.open().rcpt?.(to('eve@here.example'))), 'recipient/unknown');
  const all = { recipients: { ...controls.recipients, list: new Set(['@here.example']) } };
  assert.equal(
    await ruleOf(filterBench(recipientShield, { controls: all }).open().rcpt?.(to('eve@here.example'))),
    null,
  );
  assert.deepEqual(bench.asked, []);
});

const onlyBob = (address: string): RecipientWord => (address.startsWith('bob@') ? 'taken' : 'refused');

test('the upstream is asked once for a name, yes or no, and again when its word is old', async () => {
  const bench = filterBench(recipientShield, { word: onlyBob });
  const ask = (name: string) => ruleOf(bench.open().rcpt?.(to(`${name}@here.example`)));
  for (let count = 0; count < 3; count++) {
    assert.equal(await ask('bob'), null);
    assert.equal(await ask('eve'), 'recipient/unknown');
  }
  const names = () =>
    bench.asked.map((address) => address.split('@')[0]).filter((name) => !name?.startsWith('nobody-'));
  assert.deepEqual(names(), ['bob', 'eve']);
  await bench.clock.advance(5 * 60_000);
  assert.equal(await ask('eve'), 'recipient/unknown');
  await bench.clock.advance(3_600_000);
  assert.equal(await ask('bob'), null);
  assert.deepEqual(names(), ['bob', 'eve', 'eve', 'bob']);
});

test('a hundred questions for one name at once are one question', async () => {
  const bench = filterBench(recipientShield, { word: onlyBob });
  const answers = Array.from({ length: 100 }, () => ruleOf(bench.open().rcpt?.(to('eve@here.example'))));
  assert.deepEqual(new Set(await Promise.all(answers)), new Set(['recipient/unknown', 'recipient/harvest']));
  assert.equal(bench.asked.length, 1);
});

test('whoever is made to wait or to come again waits before anybody looks whether the recipient exists', () => {
  assert.deepEqual(
    [filters, submissionFilters].map((list) => list.at(-1)?.name),
    ['recipient-shield', 'recipient-shield'],
  );
});

test('a yes is said as soon as a no: what else is asked behind it is not waited for', async () => {
  const never = new Promise<RecipientWord>(() => undefined);
  const word = (address: string) => (address.startsWith('nobody-') ? never : onlyBob(address));
  const bench = filterBench(recipientShield, { word });
  for (const name of ['bob', 'eve']) {
    const answer = ruleOf(bench.open().rcpt?.(to(`${name}@here.example`)));
    const late = new Promise((resolve) => setImmediate(resolve, 'late'));
    assert.notEqual(await Promise.race([answer, late]), 'late', name);
  }
});

test('an upstream that takes anybody is not asked on and on', async () => {
  const bench = filterBench(recipientShield, { word: () => 'taken' });
  for (const name of ['a', 'b', 'c']) assert.equal(await ruleOf(bench.open().rcpt?.(to(`${name}@here.example`))), null);
  assert.equal(bench.asked.length, 2);
});

test('while the upstream is down, who was known before is taken, and others are told to come again', async () => {
  let down = false;
  const bench = filterBench(recipientShield, { word: (address) => (down ? 'unknown' : onlyBob(address)) });
  await bench.open().rcpt?.(to('bob@here.example'));
  down = true;
  await bench.clock.advance(2 * 3_600_000);
  assert.equal(await ruleOf(bench.open().rcpt?.(to('bob@here.example'))), null);
  assert.equal(await ruleOf(bench.open().rcpt?.(to('eve@here.example'))), 'recipient/not-now');
});

test('who tries one name after the other is cut off, and an exempt peer is not', async () => {
  const bench = filterBench(recipientShield, { word: onlyBob });
  const guess = (n: number, who = peer()) => ruleOf(bench.open().rcpt?.(to(`name${n}@here.example`, { peer: who })));
  const seen = [];
  for (let n = 0; n < 12; n++) seen.push(await guess(n));
  assert.equal(seen.indexOf('recipient/harvest'), 10);
  assert.equal(await guess(99, friend), 'recipient/unknown');
  assert.equal(await guess(99, peer('203.0.113.5')), 'recipient/unknown');
});

test('a network whose addresses each try a few names is cut off, too', async () => {
  const bench = filterBench(recipientShield, { word: onlyBob });
  const seen = [];
  for (let host = 1; host <= 50; host++)
    seen.push(await ruleOf(bench.open().rcpt?.(to(`name${host}@here.example`, { peer: peer(`192.0.2.${host}`) }))));
  assert.equal(seen.indexOf('recipient/harvest'), 40);
  assert.equal(
    await ruleOf(bench.open().rcpt?.(to('eve@here.example', { peer: peer('203.0.113.5') }))),
    'recipient/unknown',
  );
});

const field = (name: string, value = 'x') => `${name}: ${value}\r\n`;
const GOOD = `${field('From', '<a@b.example>')}${field('Date')}${field('Subject')}`;

const headers: readonly (readonly [what: string, text: string, expected: string | null])[] = [
  ['an ordinary header', GOOD, null],
  ['a folded field', `${GOOD}${field('To', 'a,\r\n b,\r\n\tc')}`, null],
  ['a fold that looks like From', `${GOOD}${field('X', 'y\r\n From: <e@evil.example>')}`, null],
  ['two From', `${GOOD}${field('from', '<e@evil.example>')}`, 'header/several-authors'],
  ['From with a blank before its colon', `Subject: x\r\nFrom : <a@b.example>\r\n`, 'header/several-authors'],
  [
    'two Content-Type',
    `${GOOD}${field('Content-Type', 'text/plain')}${field('content-TYPE', 'text/html')}`,
    'header/several-types',
  ],
  [
    'two Content-Transfer-Encoding',
    `${GOOD}${field('Content-Transfer-Encoding')}${field('Content-Transfer-Encoding')}`,
    'header/several-types',
  ],
  ['two Subject', `${GOOD}${field('Subject')}`, 'header/repeated-field'],
  ['a line that is no field', `${GOOD}this is text\r\n${field('To')}`, 'header/broken-line'],
  ['an mbox line at its head', `From a@b.example Mon Jan 1\r\n${GOOD}`, null],
  ['names of object members', `${GOOD}${field('__proto__')}${field('constructor')}${field('toString')}`, null],
];
for (const [what, text, expected] of headers) {
  test(`${what}: ${expected ?? 'let in'}`, async () => {
    const bench = filterBench(headerStructure);
    assert.equal(await ruleOf(bench.open().message?.(atMessage(`${text}\r\nbody From: x`))), expected);
  });
}

const limits: readonly (readonly [what: string, text: string, expected: string | null])[] = [
  ['a line of 8,192', `${GOOD}\r\n${'x'.repeat(8_192)}`, null],
  ['a line of 8,193', `${GOOD}\r\n${'x'.repeat(8_193)}`, 'limits/text-line'],
  ['a thousand fields', `${field('X').repeat(1_000)}\r\n`, null],
  ['a thousand and one', `${field('X').repeat(1_001)}\r\n`, 'limits/header'],
  ['a field of 33 kB in folds', `${field('X', `y\r\n ${'z'.repeat(500)}\r\n `.repeat(70))}\r\n`, 'limits/header'],
  ['a header without end', field('X', 'y'.repeat(900)).repeat(150), 'limits/header'],
  ['a hundred hops', `${field('Received').repeat(100)}\r\n`, null],
  ['a hundred and one', `${field('Received').repeat(101)}\r\n`, 'limits/hops'],
];
for (const [what, text, expected] of limits) {
  test(`${what}: ${expected ?? 'let in'}`, async () => {
    const bench = filterBench(hardLimits);
    assert.equal(await ruleOf(bench.open().message?.(atMessage(text))), expected);
  });
}

test('the inside is told of unknown names, and not made to wait for a server that its mail does not go to', async () => {
  let word: RecipientWord = 'refused';
  const bench = filterBench(recipientShield, { word: () => word });
  const ask = (name: string, who: ReturnType<typeof peer>) =>
    ruleOf(bench.open().rcpt?.(to(`${name}@here.example`, { peer: who })));
  const server = peer('10.0.0.5', { inside: true });
  const alice = peer('198.51.100.7', { inside: true, account: 'Alice' });
  for (let count = 0; count < 30; count++) assert.equal(await ask(`s${count}`, server), 'recipient/unknown');
  // An account that tries names is cut off; who shares its address is not, and neither is a stranger there.
  const seen: (string | null)[] = [];
  for (let count = 0; count < 11; count++) seen.push(await ask(`a${count}`, alice));
  assert.equal(seen.indexOf('recipient/harvest'), 10);
  assert.equal(await ask('b', peer('198.51.100.7', { inside: true, account: 'bob' })), 'recipient/unknown');
  assert.equal(await ask('c', peer('198.51.100.7')), 'recipient/unknown');
  word = 'unknown';
  assert.equal(await ask('new', server), null);
  assert.equal(await ask('new', peer('198.51.100.7', { inside: true, account: 'bob' })), null);
  assert.equal(await ask('new', peer('198.51.100.8')), 'recipient/not-now');
});
