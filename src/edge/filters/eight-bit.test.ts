import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atMessage, envelope, filterBench, ruleOf } from '../../../test/harness/edge-filter.ts';
import { openSession } from '../../../test/harness/edge-session.ts';
import { createPolicies, DEFAULT_POLICY, type PolicySettings } from '../policy.ts';
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

/** What is said to a letter of eight bits that nobody declared, under these rules. */
async function answer(rules: PolicySettings['rules']): Promise<string> {
  const edge = openSession({
    filters: [filter],
    setting: { policies: createPolicies({ ...DEFAULT_POLICY, rules }) },
  });
  edge.greet();
  await edge.send('EHLO a.example\r\n');
  await edge.send('MAIL FROM:<a@a.example>\r\nRCPT TO:<b@here.example>\r\nDATA\r\n');
  const said = await edge.send(`${LETTER}\r\n.\r\n`);
  assert.ok(edge.events.some((event) => event.kind === 'hit' && event.hit.rule.id === 'eight-bit/undeclared'));
  return said;
}

test('it passes, counted, and is refused in one sentence where the operator wants it strict', async () => {
  assert.equal(await answer(new Map()), '250 2.0.0 Accepted\r\n');
  const strict = new Map([['eight-bit/undeclared', { action: 'refuse' }]] as const);
  assert.equal(await answer(strict), '550 5.6.1 Bytes above 127 were not declared\r\n');
});
