import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byWeight, compareIds } from './hole-order.ts';
import type { Vulnerability } from './vulnerability.ts';

const PLAIN: Vulnerability = {
  id: 'CVE-2024-1000',
  status: 'possible',
  because: '',
  severity: 'medium',
  cvss: null,
  knownExploited: false,
  product: 'exim',
  subject: 'x',
  fixedIn: null,
  gain: null,
  remote: true,
  unauthenticated: false,
};

test('each reason weighs more than all that come after it', () => {
  const everything = { severity: 'critical', cvss: 10, epss: 1 } as const;
  const ordered: readonly Vulnerability[] = [
    { ...PLAIN, id: 'exploited', knownExploited: true, severity: 'high' },
    { ...PLAIN, id: 'remote without login', unauthenticated: true },
    { ...PLAIN, id: 'local, no login, and so not remote', ...everything, remote: false, unauthenticated: true },
    { ...PLAIN, id: 'severe', severity: 'high' },
    { ...PLAIN, id: 'proven', status: 'affected' },
    { ...PLAIN, id: 'likely', epss: 0.5 },
    { ...PLAIN, id: 'of high score', cvss: 6.9 },
    { ...PLAIN, id: 'CVE-2024-1001' },
    PLAIN,
    { ...PLAIN, id: 'mended', ...everything, status: 'not-affected', knownExploited: true, unauthenticated: true },
  ];
  assert.deepEqual(ordered.toReversed().toSorted(byWeight), ordered);
});

test('ids are compared by their numbers', () => {
  assert.deepEqual(['CVE-2026-10', 'CVE-2026-9', 'CVE-2025-100'].sort(compareIds), [
    'CVE-2025-100',
    'CVE-2026-9',
    'CVE-2026-10',
  ]);
});
