import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileClauses } from './clause.ts';

const classes = { who: ['user', 'mail box'], absent: ['unknown', 'not found'] };
const stands = (clause: string, text: string) =>
  compileClauses([{ clause }], classes).match(text, new Set()).length === 1;

test('words stand in their order, whatever the case, accents and apostrophes', () => {
  assert.ok(stands('user unknown', '550 5.1.1 USER Unknown.'));
  assert.ok(stands('pas ete trouve', 'n’a pas été trouvé'));
  assert.ok(stands("doesn't exist", 'it doesnt exist'));
  assert.ok(!stands('user unknown', 'unknown user'));
  assert.ok(!stands('user unknown', 'user is unknown'));
});

test('a gap leaves out as many symbols as it says and no more', () => {
  assert.ok(stands('user ~2 unknown', 'user is quite unknown'));
  assert.ok(stands('user ~2 unknown', 'user unknown'));
  assert.ok(!stands('user ~2 unknown', 'user is really quite unknown'));
});

test('classes, choices and prefixes are any of their phrases', () => {
  assert.ok(stands('{who} ~3 {absent}', 'Mail box of that name not found'));
  assert.ok(stands('(no such|bad) user', 'Bad user'));
  assert.ok(stands('deliver* fail*', 'Delivery failures'));
  assert.ok(!stands('deliver* fail*', 'undelivery failures'));
  assert.ok(stands('e-mail full', 'the E-Mail full'));
});

test('host names and addresses are no words of a sentence, but can be asked for', () => {
  assert.ok(!stands('user unknown', 'user.unknown.example'));
  assert.ok(stands('.spamhaus', 'see zen.spamhaus.org'));
  assert.ok(stands('@addr unknown', '<a@b.example> unknown'));
  assert.ok(stands('@ip blocked', '[192.0.2.7] blocked'));
});

test('characters of Chinese and Japanese are words', () => {
  assert.ok(stands('无法送达', '您的邮件无法送达。'));
  assert.ok(!stands('无法送达', '您的邮件已送达。'));
});

test('facts are asked for and denied, with words and alone; clauses come in the order of the data', () => {
  const set = compileClauses(
    [
      { given: ['status:5.1.1'] },
      { clause: 'unknown', given: ['!reply:550'] },
      { clause: 'user' },
      { given: ['!status:5.1.1'] },
    ],
    classes,
  );
  const found = (text: string, ...facts: string[]) => set.match(text, new Set(facts)).map((data) => data.clause ?? '-');
  assert.deepEqual(found('unknown user', 'status:5.1.1'), ['-', 'unknown', 'user']);
  assert.deepEqual(found('unknown user', 'status:5.1.1', 'reply:550'), ['-', 'user']);
  assert.deepEqual(found('', 'reply:550'), ['-']);
});

test('mistakes in the data are told with the clause', () => {
  for (const clause of ['~2 user', 'user ~2', 'user ~13 unknown', '{nobody} x'])
    assert.throws(
      () => compileClauses([{ clause }], classes),
      (error: Error) => error.message.includes(clause.split(' ').find((part) => /[~{]/.test(part)) as string),
    );
});

test('text of nothing but the words of clauses is read in bounded time', () => {
  const set = compileClauses([{ clause: 'a ~12 a ~12 a ~12 a ~12 b' }, { clause: 'a a ~9 a ~9 c' }], classes);
  const before = process.cpuUsage();
  assert.deepEqual(set.match('a '.repeat(5000), new Set()), []);
  assert.ok(process.cpuUsage(before).user < 500_000);
});
