/** What is said of a password, and that nothing more can be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgePassword, weaknessOf } from './password.ts';

const judged: readonly (readonly [password: string, weakness: string | null])[] = [
  ['password', 'common'],
  ['P@ssw0rd', 'common'],
  ['Passw0rd1!', 'common'],
  ['Summer2026!', 'common'],
  ['Winter-2025', 'common'],
  ['2026summer!', 'pattern'],
  ['Schatzi1984', 'common'],
  ['123456', 'common'],
  ['letmein', 'common'],
  ['Anna.Berger1', 'of-the-account'],
  ['berger', 'of-the-account'],
  ['Muster-2026!', 'of-the-account'],
  ['k7#mQ', 'short'],
  ['', 'short'],
  ['qwertyuiop', 'pattern'],
  ['qwerasdfzxcv', 'pattern'],
  ['aaaaaaaaaaaaX', 'pattern'],
  ['0987654321', 'pattern'],
  ['abcdefgh1234', 'pattern'],
  ['correct horse battery staple', null],
  ['vT9-kq2L_ewz', null],
  ['Turmalin/Rhabarber/7', null],
  ['gkoeqwnv', null],
];
for (const [password, weakness] of judged) {
  test(`${JSON.stringify(password)} is ${weakness ?? 'not seen to be weak'}`, () => {
    assert.equal(weaknessOf('anna.berger@muster.example', password), weakness);
  });
}

test('a mark knows the same password of the same account again, and is twelve bits', () => {
  const mark = (account: string, password: string) => judgePassword(account, password).mark;
  assert.equal(mark('a', 'one'), mark('a', 'one'));
  const marks = new Set(Array.from({ length: 200 }, (_, index) => mark('a', `password ${index}`)));
  assert.ok(marks.size > 150, `${marks.size} marks of 200 passwords`);
  assert.ok([...marks].every((one) => Number.isInteger(one) && one >= 0 && one < 4_096));
  assert.notDeepEqual(
    Array.from({ length: 8 }, (_, index) => mark('a', `${index}`)),
    Array.from({ length: 8 }, (_, index) => mark('b', `${index}`)),
  );
});

test('of a password of a megabyte no more is looked at than of a short one', () => {
  const cost = (password: string) => {
    const began = process.cpuUsage();
    for (let times = 0; times < 500; times++) weaknessOf('a', password);
    return process.cpuUsage(began).user;
  };
  const long = '1a'.repeat(500_000);
  cost(long);
  const [short, whole] = [cost(long.slice(0, 256)), cost(long)];
  assert.ok(whole < 10 * short + 100_000, `${whole} and ${short} microseconds`);
});
