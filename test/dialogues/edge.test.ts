/** The gateway's session, played against the dialogues of `edge/`: each file says in its first line what it proves. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { commandTable } from '../../src/edge/commands/index.ts';
import { DEFAULT_CONTROLS } from '../../src/edge/controls.ts';
import { EDGE_LIMITS } from '../../src/edge/options.ts';
import { createPolicy } from '../../src/edge/policy.ts';
import { Session } from '../../src/edge/session.ts';
import type { HandOn } from '../../src/edge/upstream.ts';
import { differenceWords, holdServer, play } from '../../src/range/play.ts';
import { readTranscript } from '../../src/wire/smtp/transcript.ts';
import { createFakeClock } from '../harness/fake-clock.ts';

const folder = new URL('./edge/', import.meta.url);

for (const name of readdirSync(folder).sort()) {
  test(`edge/${name}`, async () => {
    const { steps, faults } = readTranscript(readFileSync(new URL(name, folder), 'utf8'));
    assert.deepEqual(faults, []);
    assert.ok(steps.filter(({ kind }) => kind === 'expect').length > 1, 'the dialogue expects something');
    assert.equal(differenceWords(await play(steps, edge())), null);
  });
}

/** A session whose upstream takes every letter. */
function edge() {
  let session: Session | null = null;
  const held = holdServer({ ingest: (bytes) => session?.ingest(bytes) });
  const taken: HandOn = { kind: 'accepted', detail: '' };
  session = new Session(
    {
      id: 's1',
      peer: { address: '192.0.2.9', port: 4000, to: { address: '192.0.2.1', port: 25 }, exempt: false, inside: false },
      options: {
        hostName: 'mx.here.example',
        domains: new Set(['here.example']),
        limits: EDGE_LIMITS,
        extensions: { chunking: false, smtpUtf8: true, dsn: true, requireTls: true },
        tls: true,
        tlsRequired: false,
        headers: { incoming: [], outgoing: [] },
        controls: DEFAULT_CONTROLS,
      },
      policy: createPolicy(),
      upstream: {
        available: true,
        size: null,
        offers: () => true,
        handOn: async () => taken,
        close: async () => undefined,
      },
      filters: [],
      scrub: () => [],
      clock: createFakeClock(),
      listen: () => undefined,
      messageId: () => 'm1',
    },
    commandTable,
    {
      write: (text) => held.hear(text),
      startTls: () => undefined,
      end: () => held.end(),
      hold: () => undefined,
      resume: () => undefined,
    },
  );
  session.start();
  return held.party;
}
