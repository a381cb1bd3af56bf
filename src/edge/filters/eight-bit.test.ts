import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atMessage, envelope, filterBench, ruleOf } from '../../../test/harness/edge-filter.ts';
import { eightBitContent } from './eight-bit.ts';

const filter = filterBench(eightBitContent).open();
const LETTER = 'Subject: x\r\n\r\ncaf\xe9';
const NAMED = 'Subject: caf\xe9\r\n\r\nx';

/** What is recognised in a letter that came with these parameters. */
function hit(text: string, parameters: Partial<ReturnType<typeof envelope>['parameters']>) {
  const sender = envelope('a@sender.example');
  return ruleOf(
    filter.message?.(atMessage(text, { envelope: { ...sender, parameters: { ...sender.parameters, ...parameters } } })),
  );
}

test('bytes above 127 that nobody declared are noted', async () => {
  assert.equal(await hit(LETTER, {}), 'eight-bit/undeclared');
  assert.equal(await hit(LETTER, { body: '7BIT' }), 'eight-bit/undeclared');
});

test('a text that was declared is none; a header without SMTPUTF8 is another matter', async () => {
  assert.equal(await hit(LETTER, { body: '8BITMIME' }), null);
  assert.equal(await hit(NAMED, { body: '8BITMIME' }), 'eight-bit/header');
  assert.equal(await hit(NAMED, { body: '8BITMIME', smtpUtf8: true }), null);
});

test('plain letters are none', async () => {
  assert.equal(await hit('Subject: x\r\n\r\nx', {}), null);
});
