import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atRcpt, filterBench, hello, peer, ruleOf } from '../../../test/harness/edge-filter.ts';
import { noteGood } from '../peers/acquaintance.ts';
import type { Pressure } from '../pressure.ts';
import { backPressure } from './back-pressure.ts';

const FRIEND = '192.0.2.10';
const STRANGER = '192.0.2.9';
const EXEMPT = peer('10.0.0.1', { exempt: true });

/** What becomes of a friend, a stranger and an exempt peer at a stage. */
async function answers(pressure: Partial<Pressure>, stage: 'connect' | 'mail'): Promise<(string | null)[]> {
  const bench = filterBench(backPressure, { pressure });
  noteGood(bench.tools.counters, FRIEND, bench.clock.now());
  await bench.clock.advance(11 * 60_000);
  const { envelope } = atRcpt();
  return Promise.all(
    [peer(FRIEND), peer(STRANGER), EXEMPT].map((who) => {
      const filter = bench.open();
      return ruleOf(
        stage === 'connect'
          ? filter.connect?.({ peer: who })
          : filter.mail?.({ peer: who, hello: hello('mx.sender.example'), envelope }),
      );
    }),
  );
}

const table: readonly (readonly [Partial<Pressure>, 'connect' | 'mail', (string | null)[]])[] = [
  [{ level: 'normal' }, 'connect', [null, null, null]],
  [{ level: 'normal' }, 'mail', [null, null, null]],
  [{ level: 'high' }, 'connect', [null, 'pressure/strangers-wait', null]],
  [{ level: 'high' }, 'mail', [null, 'pressure/strangers-wait', null]],
  [{ level: 'full' }, 'connect', ['pressure/full', 'pressure/full', null]],
  [{ level: 'full' }, 'mail', ['pressure/full', 'pressure/full', null]],
  [{ paused: true }, 'connect', ['pressure/paused', 'pressure/paused', 'pressure/paused']],
  [{ paused: true }, 'mail', [null, null, null]],
];
for (const [pressure, stage, expected] of table) {
  test(`${JSON.stringify(pressure)} at ${stage}: friend, stranger, exempt`, async () =>
    assert.deepEqual(await answers(pressure, stage), expected));
}
