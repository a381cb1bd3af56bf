import assert from 'node:assert/strict';
import { it } from 'node:test';
import { leadingStatus, parseStatusCode } from './status-code.ts';

it('reads a status code and nothing else', () => {
  assert.deepEqual(parseStatusCode('5.1.10'), { class: 5, subject: 1, detail: 10 });
  for (const text of ['', '5.1', '3.1.1', '5.1.1.1', '5.1.1000', '5.1.1 x', 'x5.1.1']) {
    assert.equal(parseStatusCode(text), null, text);
  }
});

it('takes the status of a reply only if its class is that of the code', () => {
  assert.equal(leadingStatus(550, '5.1.1 unknown'), '5.1.1');
  assert.equal(leadingStatus(250, '2.0.0'), '2.0.0');
  assert.equal(leadingStatus(220, '5.7.19 ready'), null);
  assert.equal(leadingStatus(220, '2.4.1.7 ready'), null);
  assert.equal(leadingStatus(220, '2.4.1-beta ready'), null);
});
