import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OUTCOMES } from '../finding/drill-report.ts';
import { SEVERITIES } from '../finding/rule.ts';
import type { Line } from '../wire/smtp/line.ts';
import { quoted, SCORE_CEILING, scoreOf, verdictOfForms, worstOf } from './outcome.ts';

const anyResult = fc.record({ outcome: fc.constantFrom(...OUTCOMES), severity: fc.constantFrom(...SEVERITIES) });

test('the worst outcome counts, and what was not run never hides one', () => {
  assert.equal(worstOf([]), 'not-run');
  assert.equal(worstOf(['not-run', 'stopped']), 'stopped');
  assert.equal(worstOf(['passed', 'stopped', 'not-run', 'contained']), 'passed');
  assert.equal(worstOf(['passed', 'harmed']), 'harmed');
});

test('a score is a whole number of 0 to 100; nothing proven is nothing to praise', () => {
  fc.assert(
    fc.property(fc.array(anyResult), (results) => {
      const score = scoreOf(results);
      assert.ok(Number.isInteger(score) && score >= 0 && score <= 100);
    }),
  );
  assert.equal(scoreOf([{ outcome: 'not-run', severity: 'high' }]), 0);
  assert.equal(scoreOf([{ outcome: 'stopped', severity: 'low' }]), 100);
});

test('an attack that gets further never raises the score', () => {
  const order = ['stopped', 'contained', 'passed', 'harmed'] as const;
  fc.assert(
    fc.property(
      fc.array(anyResult),
      fc.constantFrom(...SEVERITIES),
      fc.nat(3),
      fc.nat(3),
      (results, severity, a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        const score = (at: number) => scoreOf([...results, { outcome: order[at]!, severity }]);
        assert.ok(score(more) <= score(less));
      },
    ),
  );
});

test('a server that was harmed, or open to a critical attack, stays below half', () => {
  const met = Array.from({ length: 50 }, () => ({ outcome: 'stopped', severity: 'high' }) as const);
  assert.equal(scoreOf([...met, { outcome: 'harmed', severity: 'low' }]), SCORE_CEILING);
  assert.equal(scoreOf([...met, { outcome: 'passed', severity: 'critical' }]), SCORE_CEILING);
  assert.ok(scoreOf([...met, { outcome: 'passed', severity: 'low' }]) > 90);
});

const line = (text: string, from: Line['from'] = 'server'): Line => ({ from, text, at: 0 });

test('of several forms the worst decides, and its dialogue is quoted first', () => {
  const form = (name: string, outcome: 'stopped' | 'passed') => ({
    form: name,
    outcome,
    at: 'message' as const,
    because: `said ${name}`,
    lines: [line(name)],
  });
  const verdict = verdictOfForms([form('one', 'stopped'), form('two', 'passed')], [[line('control')]]);
  assert.equal(verdict.outcome, 'passed');
  assert.match(verdict.because, /1 of 2 forms passed: two: said two/);
  assert.deepEqual(
    verdict.dialogues.map(([first]) => first?.text),
    ['two', 'control'],
  );
  assert.deepEqual(
    verdict.forms?.map(({ outcome }) => outcome),
    ['stopped', 'passed'],
  );
});

test('a quoted dialogue is bounded, keeps its end, and says what was cut', () => {
  const long = [...Array.from({ length: 500 }, (_, index) => line(`${index}`)), line('x'.repeat(9_000))];
  const kept = quoted(long);
  assert.ok(kept.length <= 60);
  assert.equal(kept[0]?.text, '0');
  assert.match(kept.at(-1)?.text ?? '', /^x{400}\.\.\. \(9000 bytes\)$/);
});

test('a line said alone is quoted without its end, exact bytes with theirs', () => {
  const [said, exact, two] = quoted([
    line('NOOP\r\n', 'client'),
    line('NOOP\n', 'client'),
    line('A\r\nB\r\n', 'client'),
  ]);
  assert.deepEqual([said?.text, exact?.text, two?.text], ['NOOP', 'NOOP\n', 'A\r\nB\r\n']);
});
