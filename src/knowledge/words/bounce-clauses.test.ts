import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BOUNCE_REASONS } from '../../finding/ndr-report.ts';
import { compileClauses } from '../../ndr/clause.ts';
import { loadBounceWords } from '../load-words.ts';

const words = loadBounceWords();

/** The clause without its facts: an example shows the words. */
const bare = <Row extends { readonly clause?: string }>({ clause }: Row) => ({ clause: clause as string });

test('every clause matches its example', () => {
  for (const row of [...words.clauses, ...words.stages, ...words.kinds]) {
    if (row.clause === undefined) continue;
    const matched = compileClauses([bare(row)], words.classes).match(row.example, new Set());
    assert.equal(matched.length, 1, `${row.clause} does not stand in: ${row.example}`);
  }
});

test('a clause of words does not match a text of other words', () => {
  const all = compileClauses(
    words.clauses.filter((row) => row.clause !== undefined).map((row) => ({ ...bare(row), reason: row.reason })),
    words.classes,
  );
  assert.deepEqual(all.match('250 2.0.0 Ok: queued as 4B2C8D90, thank you', new Set()), []);
  assert.deepEqual(all.match('We met in the garden and talked about birds.', new Set()), []);
});

test('reasons are words of the contract, and every clause says where it is from', () => {
  const known: readonly string[] = BOUNCE_REASONS;
  for (const { reason, source, weight } of words.clauses) {
    assert.ok(known.includes(reason), reason);
    assert.ok(source.length > 2);
    assert.ok(weight >= 0 && weight < 30);
  }
  for (const { from, to } of words.turns) assert.ok(known.includes(from) && known.includes(to));
});

test('facts are those that a reader finds out', () => {
  const status = /^status(?::[245x](?:\.\d+|\.\d+\.(?:x|\d+)))?$/;
  const others =
    /^(?:reply(?::\d(?:\d\d|xx))?|command(?::(?:connect|starttls|helo|auth|mail|rcpt|data))?|action:\w+|form:[\w-]+|diagnostic:[\w-]+|recipient:local)$/;
  for (const { given = [], example } of [
    ...words.clauses,
    ...words.turns.map((turn) => ({ ...turn, example: turn.source })),
  ])
    for (const fact of given.map((one) => one.replace(/^!/, '')))
      assert.ok(status.test(fact) || others.test(fact), `${fact}: ${example}`);
});
