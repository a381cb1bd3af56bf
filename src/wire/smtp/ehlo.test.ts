import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { offers, readEhlo } from './ehlo.ts';

const reply = (...lines: string[]) => ({ code: 250, status: null, lines });

describe('EHLO answer', () => {
  it('keeps the order and the parameters', () => {
    const answer = readEhlo(reply('mx.example Hello [192.0.2.1]', 'SIZE 1000', 'auth PLAIN  LOGIN', 'PIPELINING'));
    assert.equal(answer?.host, 'mx.example');
    assert.equal(answer?.greeting, 'Hello [192.0.2.1]');
    assert.deepEqual(
      answer?.keywords.map((keyword) => [keyword.word, ...keyword.parameters]),
      [['SIZE', '1000'], ['AUTH', 'PLAIN', 'LOGIN'], ['PIPELINING']],
    );
  });

  it('matches whole words only: Courier without TLS offers no STARTTLS', () => {
    const answer = readEhlo(reply('courier.example Ok.', 'XSECURITY=NONE,STARTTLS', 'DSN'));
    assert.equal(offers(answer, 'STARTTLS'), undefined);
    assert.ok(offers(answer, 'DSN'));
  });

  it('reads the old form of AUTH', () => {
    assert.deepEqual(offers(readEhlo(reply('mx', 'AUTH=LOGIN NTLM')), 'AUTH')?.parameters, ['LOGIN', 'NTLM']);
  });

  it('is null for a refusal, and offers nothing then', () => {
    const answer = readEhlo({ code: 502, status: null, lines: ['no'] });
    assert.equal(answer, null);
    assert.equal(offers(answer, 'STARTTLS'), undefined);
  });
});
