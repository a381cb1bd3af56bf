import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareDebian, isDebianVersion, upstreamOf } from './debian-version.ts';

test('epoch, tilde and the revision of a security update order as Debian means them', () => {
  const ordered = [
    '1.0~rc1-1',
    '1.0-1',
    '1.0-1+deb12u1',
    '1.0-1.1',
    '4.96-15',
    '4.96-15+deb12u2',
    '4.96-15+deb12u10',
    '4.97-4',
    '1:2.3.19.1+dfsg1-2.1',
    '1:2.3.19.1+dfsg1-2.1+deb12u1',
    '1:2.3.21-1',
  ];
  for (let at = 1; at < ordered.length; at++) {
    assert.ok(
      compareDebian(ordered[at - 1] as string, ordered[at] as string) < 0,
      `${ordered[at - 1]} < ${ordered[at]}`,
    );
  }
  assert.equal(compareDebian('0:1.0-1', '1.0-1'), 0);
  assert.equal(compareDebian('1.00-1', '1.0-1'), 0);
});

test('the upstream part is without epoch and revision', () => {
  assert.equal(upstreamOf('1:2.3.19.1+dfsg1-2.1+deb12u7'), '2.3.19.1+dfsg1');
  assert.equal(upstreamOf('3.7.11-0+deb12u1'), '3.7.11');
});

test('a revision is told from a plain version', () => {
  assert.ok(isDebianVersion('1:2.3.19.1+dfsg1-2.1+deb12u7'));
  assert.ok(!isDebianVersion('4.96'));
  assert.ok(!isDebianVersion('x-1'));
});

/** Versions that dpkg takes without a warning: they begin with a digit, and only a revision has a hyphen before it. */
const part = fc.stringMatching(/^[0-9][0-9a-zA-Z.+~]{0,7}$/);
const version = fc
  .tuple(fc.option(fc.integer({ min: 0, max: 12 })), part, fc.option(fc.stringMatching(/^[0-9a-z.+~]{1,6}$/)))
  .map(
    ([epoch, upstream, revision]) =>
      `${epoch === null ? '' : `${epoch}:`}${upstream}${revision === null ? '' : `-${revision}`}`,
  );

test('the order is that of dpkg itself (needs the Debian package dpkg)', () => {
  const seed = 20_261_124;
  const pairs = fc.sample(fc.tuple(version, version), { numRuns: 400, seed });
  // One shell for all pairs: dpkg answers by its exit code only.
  const script =
    'while read -r a b; do if dpkg --compare-versions "$a" lt "$b"; then echo -1; elif dpkg --compare-versions "$a" eq "$b"; then echo 0; else echo 1; fi; done';
  const asked = spawnSync('sh', ['-c', script], {
    input: pairs.map((pair) => `${pair.join(' ')}\n`).join(''),
    timeout: 60_000,
  });
  assert.equal(asked.status, 0, 'dpkg answers');
  const answers = asked.stdout.toString().trim().split('\n').map(Number);
  assert.equal(answers.length, pairs.length);
  pairs.forEach(([a, b], at) => {
    assert.equal(Math.sign(compareDebian(a, b)), answers[at], `${a} against ${b} (seed ${seed})`);
  });
});

test('the order is total, and nothing that a stranger writes makes it fail', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }), (a, b) => {
      assert.equal(Math.sign(compareDebian(a, b)), -Math.sign(compareDebian(b, a)) + 0);
      assert.equal(compareDebian(a, a), 0);
    }),
  );
});
