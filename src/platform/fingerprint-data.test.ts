import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fingerprint } from '../knowledge/fingerprint.ts';
import { loadFingerprints } from '../knowledge/load-fingerprints.ts';
import { loadProductNames } from '../knowledge/load-names.ts';
import { ehloKeywords } from './ehlo-order.ts';
import { type Claim, indexFingerprints } from './fingerprint-index.ts';
import { seenLines } from './seen-line.ts';
import { isSightingKind } from './sighting.ts';
import { readRange } from './version-range.ts';

const fingerprints = loadFingerprints();
const names = new Set(loadProductNames().map((name) => name.id));

test('every fingerprint matches its example, with its captures, and not its counterexample', () => {
  for (const fingerprint of fingerprints) {
    const [claim] = claimsOf(fingerprint, fingerprint.example);
    assert.ok(claim, `${fingerprint.id} does not match its example`);
    for (const [name, value] of Object.entries(fingerprint.gives ?? {})) {
      assert.equal(claim.captures.get(name), value, `${fingerprint.id}: <${name}>`);
    }
    assert.equal(
      claimsOf(fingerprint, fingerprint.counterexample).length,
      0,
      `${fingerprint.id} matches its counterexample`,
    );
    assert.notEqual(fingerprint.counterexample, '', fingerprint.id);
  }
});

test('every fingerprint says where it comes from, is named once, and names what is known', () => {
  const seen = new Set<string>();
  for (const fingerprint of fingerprints) {
    assert.ok(!seen.has(fingerprint.id), `${fingerprint.id} twice`);
    seen.add(fingerprint.id);
    assert.ok(fingerprint.source.length > 3, `${fingerprint.id} has no source`);
    assert.ok(
      fingerprint.product === null || names.has(fingerprint.product),
      `${fingerprint.id}: no product ${fingerprint.product}`,
    );
    const kinds = typeof fingerprint.kind === 'string' ? [fingerprint.kind] : fingerprint.kind;
    for (const kind of kinds) assert.ok(isSightingKind(kind), `${fingerprint.id}: no kind ${kind}`);
    assert.equal((fingerprint.match === undefined) !== (fingerprint.order === undefined), true, fingerprint.id);
    if (fingerprint.range !== undefined)
      assert.notDeepEqual(readRange(fingerprint.range), { from: null, before: null });
  }
  for (const { id, with: other } of fingerprints)
    assert.ok(other === undefined || seen.has(other), `${id}: no ${other}`);
});

test('a fingerprint that tells a version shows it in its example', () => {
  for (const fingerprint of fingerprints) {
    if (!fingerprint.match?.includes('<version') && !fingerprint.version?.includes('<')) continue;
    assert.ok(fingerprint.gives !== undefined, `${fingerprint.id} captures a version and does not say which`);
  }
});

/** What one fingerprint alone finds in a text. */
function claimsOf(fingerprint: Fingerprint, text: string): Claim[] {
  const index = indexFingerprints([fingerprint]);
  const kind = (typeof fingerprint.kind === 'string' ? fingerprint.kind : fingerprint.kind[0]) ?? '';
  assert.ok(isSightingKind(kind), fingerprint.id);
  if (fingerprint.order !== undefined) return index.orderClaims(ehloKeywords(text));
  const whole = fingerprint.field === undefined ? text : `${[fingerprint.field].flat()[0]}: ${text}`;
  return seenLines({ kind, text: whole }).flatMap((line) => index.claims(line));
}
