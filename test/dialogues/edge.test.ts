/** The gateway's session, played against the dialogues of `edge/`: each file says in its first line what it proves. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { differenceWords, holdServer, play } from '../../src/range/play.ts';
import { readTranscript } from '../../src/wire/smtp/transcript.ts';
import { openSession } from '../harness/edge-session.ts';

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
  const held = holdServer({ ingest: (bytes) => session.ingest(bytes) });
  const { session } = openSession({ hear: (text) => held.hear(text), end: () => held.end() });
  session.start();
  return held.party;
}
