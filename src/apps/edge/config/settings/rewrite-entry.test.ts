/** What the checks of a map promise, for any small map: no circle, one pass is enough, and a way back that leads back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mapMailbox } from '../../../../edge/envelope/address-map.ts';
import { showMailbox } from '../../../../wire/smtp/path.ts';
import { inverseOf, mapOf, type RewriteEntry } from '../address-maps.ts';
import { entryFaults, inverseFault, readEntry } from './rewrite-entry.ts';

const LOCALS = ['a', 'b', 'c'];
const DOMAINS = ['x.local', 'y.x.local', 'one.example', 'two.example'];
const local = fc.constantFrom(...LOCALS);
const domain = fc.constantFrom(...DOMAINS);
const address = fc.tuple(local, domain).map(([name, at]) => `${name}@${at}`);
const detailed = fc.tuple(local, domain).map(([name, at]) => `${name}+x@${at}`);
const line = fc.oneof(
  fc.tuple(address, address),
  fc.tuple(address, detailed),
  fc.tuple(domain, domain),
  fc.tuple(fc.constant('*.x.local'), domain),
);
/** Maps in which nothing is wrong line by line. */
const entries = fc
  .uniqueArray(line, { maxLength: 5, selector: ([from]) => from })
  .map((lines) => lines.map(([from, to]) => readEntry(from, to) as RewriteEntry))
  .filter((given) => entryFaults(given).length === 0);

const everyone = [...LOCALS, 'a+x'].flatMap((name) => DOMAINS.map((at) => ({ local: name, domain: at })));

test('what comes out of a map that is taken meets no second line', () => {
  fc.assert(
    fc.property(entries, (given) => {
      const map = mapOf(given);
      for (const one of everyone) {
        const once = mapMailbox(map, one);
        assert.equal(showMailbox(mapMailbox(map, once)), showMailbox(once), showMailbox(one));
      }
    }),
    { numRuns: 500 },
  );
});

test('a way back that is taken leads every address that left in another form back to itself', () => {
  let taken = 0;
  fc.assert(
    fc.property(
      entries.filter((given) => given.length > 0 && inverseFault(given) === null),
      (given) => {
        const [out, back] = [mapOf(given), mapOf(inverseOf(given))];
        for (const one of everyone) {
          const left = mapMailbox(out, one);
          if (showMailbox(left) === showMailbox(one)) continue;
          taken++;
          assert.equal(showMailbox(mapMailbox(back, left)), showMailbox(one), `as ${showMailbox(left)}`);
        }
      },
    ),
    { numRuns: 500 },
  );
  assert.ok(taken > 100);
});

test('a way on without end is a fault, and no search for its end', () => {
  for (const lines of [
    [['a@one.example', 'a+old@one.example']],
    [
      ['a@one.example', 'b+1@one.example'],
      ['b@one.example', 'a+2@one.example'],
    ],
  ]) {
    const [fault] = entryFaults(lines.map(([from = '', to = '']) => readEntry(from, to) as RewriteEntry));
    assert.match(fault?.message ?? '', /^no circle: a@one\.example becomes /);
  }
});
