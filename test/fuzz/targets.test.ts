import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attempt, fuzz, loadTargets } from './attempt.ts';
import { nextInput, random } from './mutate.ts';
import { type FuzzTarget, SIZE_LIMIT } from './target.ts';

const INPUTS = 2000;
const targets = await loadTargets();
const seed = Number(process.env['MAILWARD_SEED'] ?? Date.now() % 1_000_000_007);

for (const target of targets) {
  test(`${target.name} bears ${INPUTS} hostile inputs (seed ${seed})`, () => {
    const { crash } = fuzz(target, seed, (inputs) => inputs >= INPUTS);
    assert.equal(
      crash?.because,
      undefined,
      crash && `${crash.because}\n${JSON.stringify(Buffer.from(crash.input).toString('latin1'))}`,
    );
  });
}

test('no two targets share a name', () => {
  assert.equal(new Set(targets.map(({ name }) => name)).size, targets.length);
});

const fragile: FuzzTarget = {
  name: 'fragile',
  seeds: [Buffer.from('key: value')],
  alphabet: 'ab;',
  run: (bytes) => {
    if (Buffer.from(bytes).includes(';;')) throw new Error('two in a row');
  },
};

test('the fuzzer finds what breaks a parser, and the same seed finds the same', () => {
  const [first, again] = [fuzz(fragile, 7, (inputs) => inputs > 5000), fuzz(fragile, 7, (inputs) => inputs > 5000)];
  assert.match(first.crash?.because ?? '', /two in a row/);
  assert.deepEqual(again.crash?.input, first.crash?.input);
  assert.equal(again.inputs, first.inputs);
});

test('a parser that is slow each time is reported', () => {
  const slow: FuzzTarget = {
    ...fragile,
    run: () => {
      for (const until = performance.now() + 60; performance.now() < until; );
    },
  };
  assert.match(attempt(slow, new Uint8Array(3))?.because ?? '', /took \d+ ms for 3 bytes/);
});

test('inputs stay within the size limit and differ', () => {
  const chance = random(1);
  const inputs = Array.from({ length: 500 }, () => nextInput(fragile, chance));
  assert.ok(inputs.every(({ length }) => length <= SIZE_LIMIT));
  assert.ok(new Set(inputs.map((input) => Buffer.from(input).toString('hex'))).size > 250);
});
