/**
 * The same bytes to the session core, to Debian's Postfix and to Debian's Exim: each difference is one that is explained, and an edge that runs says
 * what its core says. `test/differential/run.ts` plays on for as long as you like.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { differ, type Tally } from '../differential/differ.ts';
import { EXPLAINED } from '../differential/differences.ts';
import { classes } from '../differential/observation.ts';
import { openPeer, type Peer } from '../differential/peers.ts';
import { playCore } from '../differential/play-core.ts';
import { PATIENT, type Patience, playSocket, QUICK } from '../differential/play-peer.ts';
import { DOMAIN, MESSAGE_SIZE, showStream, streamOf } from '../differential/stream.ts';
import { withEdge } from '../harness/edge.ts';
import { mailSink } from '../harness/mail-sink.ts';

/** The same ones each time, so that a red run can be had again. `run.ts` looks at those that nobody has seen yet. */
const STREAMS = 50;
const LIVE = 30;

test('the session core, Postfix and Exim part only where it is explained', { timeout: 120_000 }, async (t) => {
  const opened = await Promise.all((['Postfix', 'Exim'] as const).map(openPeer));
  const peers = opened.filter((peer): peer is Peer => !('kind' in peer));
  try {
    const missing = opened.find((peer) => 'kind' in peer);
    if (missing !== undefined) {
      if (process.env['MAILWARD_NO_SKIP'] === '1') throw new Error(missing.reason);
      return t.skip(missing.reason);
    }
    const tally: Tally = { streams: 0, messages: 0, explained: new Map() };
    const seeds = Array.from({ length: STREAMS }, (_, at) => at + 1);
    assert.equal(await differ(seeds.values(), peers, tally), null);
    assert.equal(tally.streams, STREAMS);
    assert.ok(tally.messages > STREAMS / 4 && tally.explained.size > 10, JSON.stringify([...tally.explained]));
  } finally {
    for (const peer of peers) await peer[Symbol.asyncDispose]();
  }
});

test('an edge that runs answers as its core does', { timeout: 60_000 }, async () => {
  await using sink = await mailSink();
  const limits = `{ messageSize: ${MESSAGE_SIZE}, faults: 100000, junkCommands: 100000 }`;
  const rates = '{ perSender: { burst: 10000, perMinute: 1000 }, perRecipient: { burst: 10000, perMinute: 1000 } }';
  const config = `exempt: [127.0.0.0/8]\nlimits: ${limits}\nrates: ${rates}\ntarpit: { step: 0s }\nrecipients: { ask: false }\n`;
  await withEdge({ upstream: `127.0.0.1:${sink.port}`, domains: [DOMAIN], config }, async ({ address, port }) => {
    for (let seed = 1; seed <= LIVE; seed++) {
      // CHUNKING is off where nothing is said, and TLS is offered.
      const stream = { ...streamOf(seed), chunking: false };
      if (stream.units.some((unit) => /STARTTLS/i.test(unit.toString('latin1')))) continue;
      const core = await playCore(stream);
      const wanted = core.map(classes).join(' ');
      const answers = async (patience: Patience) =>
        (await playSocket(stream, { address, port }, core, patience)).map(classes).join(' ');
      if ((await answers({ ...QUICK, unexpected: 3 })) !== wanted)
        assert.equal(await answers(PATIENT), wanted, `stream ${seed} ${showStream(stream)}`);
    }
  });
});

test('the page of the differences names each of them', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'notes', 'edge-differences.md'), 'utf8');
  const missing = EXPLAINED.filter(({ id }) => !page.includes(`\`${id}\``)).map(({ id }) => id);
  assert.deepEqual(missing, [], 'node test/differential/table.ts writes the table');
});
