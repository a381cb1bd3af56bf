import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Identity } from '../finding/identity.ts';
import { productName } from './words.ts';

const exchange: Identity = {
  vendor: 'Microsoft',
  product: 'Exchange Server',
  version: null,
  versionRange: '>=6.5 <7.0',
  os: null,
  cpe: null,
  certainty: 1,
  because: [],
};

const named: readonly (readonly [Partial<Identity>, string | null])[] = [
  [{ release: '2003' }, 'Microsoft Exchange Server 2003'],
  [{ release: null }, 'Microsoft Exchange Server (6.5 or later and before 7.0)'],
  [{}, 'Microsoft Exchange Server (6.5 or later and before 7.0)'],
  [{ version: '6.5.7638', release: '2003' }, 'Microsoft Exchange Server 6.5.7638'],
  [{ versionRange: null }, 'Microsoft Exchange Server'],
  [{ vendor: 'Exchange' }, 'Exchange Server (6.5 or later and before 7.0)'],
  [{ product: null }, null],
];
for (const [told, name] of named) {
  test(`${JSON.stringify(told)} is called ${name}`, () => assert.equal(productName({ ...exchange, ...told }), name));
}
