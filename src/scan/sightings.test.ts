import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exchange, VisitSeen, VisitStep } from './probes/visit-seen.ts';
import { sightingsOf } from './sightings.ts';

function endpoint(steps: Partial<Record<VisitStep, readonly [code: number, ...lines: string[]]>>) {
  const exchanges: { [S in VisitStep]?: Exchange } = {};
  for (const [step, [code, ...lines]] of Object.entries(steps) as [VisitStep, [number, ...string[]]][])
    exchanges[step] = { command: step, reply: { code, status: null, lines }, at: [0, 0], took: 1 };
  const visit: VisitSeen = { lines: [], steps: exchanges, randomRecipient: 'q@d.example', ended: { how: 'done' } };
  return { address: '192.0.2.1', port: 25, state: 'open', seen: { visit } } as const;
}

test('each answer is a sighting of its kind, with its codes, in the order of the visit', () => {
  const seen = endpoint({
    quit: [221, 'bye'],
    greeting: [220, 'mx ready'],
    ehlo: [250, 'mx', 'SIZE 100', 'HELP'],
    unknown: [500, 'what?'],
    recipient: [550, '5.1.1 unknown'],
  });
  assert.deepEqual(sightingsOf(seen), [
    { kind: 'smtp.banner', text: '220 mx ready' },
    { kind: 'smtp.ehlo', text: '250-mx\n250-SIZE 100\n250 HELP' },
    { kind: 'smtp.unknown', text: '500 what?' },
    { kind: 'smtp.rcptto', text: '550 5.1.1 unknown' },
    { kind: 'smtp.quit', text: '221 bye' },
  ]);
});

test('EHLO counts once, inside TLS only where there was none before', () => {
  const twice = sightingsOf(endpoint({ ehlo: [250, 'mx'], ehloAfterTls: [250, 'inside'] }));
  assert.deepEqual(
    twice.map(({ text }) => text),
    ['250 mx'],
  );
  const once = sightingsOf(endpoint({ ehloAfterTls: [250, 'inside'] }));
  assert.deepEqual(once, [{ kind: 'smtp.ehlo', text: '250 inside' }]);
});

test('an endpoint that was not visited shows nothing', () => {
  assert.deepEqual(sightingsOf({ address: '192.0.2.1', port: 25, state: 'closed', seen: {} }), []);
});
