/** Whatever was answered with 250 is at the upstream, whoever is killed when. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loseMail } from '../harness/loss.ts';

/** `MAILWARD_KILLS=100` for a long run. */
const ROUNDS = Number(process.env['MAILWARD_KILLS'] ?? 20);

test(`killed ${ROUNDS} times, edge and upstream lose nothing that was acknowledged`, {
  timeout: 60_000 + ROUNDS * 6_000,
}, async (t) => {
  const seed = Math.floor(Math.random() * 1_000_000);
  const { acknowledged, arrived, killed } = await loseMail(ROUNDS, seed);
  const lost = [...acknowledged].filter((id) => !arrived.has(id));
  const doubles = [...arrived.values()].filter((times) => times > 1).length;
  const unsaid = [...arrived.keys()].filter((id) => !acknowledged.has(id)).length;
  t.diagnostic(
    `seed ${seed}: ${killed.edge} times the edge, ${killed.upstream} times the upstream; ${acknowledged.size} acknowledged, ${lost.length} lost, ${doubles} twice, ${unsaid} arrived unacknowledged`,
  );
  assert.deepEqual(lost, []);
  assert.ok(acknowledged.size > ROUNDS, 'mail flowed');
});
