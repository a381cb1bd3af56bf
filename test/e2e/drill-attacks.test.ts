/** Every attack has its way with a server that believes everybody, and the edge in front of the same server meets it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailFolder } from '../../src/apps/drill/mail-folder.ts';
import { attacks } from '../../src/drill/attacks/index.ts';
import type { DrillAttack, Outcome } from '../../src/finding/drill-report.ts';
import { drilled } from '../harness/drilled.ts';
import { startEdge } from '../harness/edge.ts';
import { looseServer } from '../harness/loose-server.ts';

/** What a server that believes everybody does not let pass, and why. */
const LOOSE: Readonly<Record<string, Outcome>> = {
  'origin-reach': 'not-run', // there is nothing behind it
  'name-by-ehlo': 'stopped', // its order of extensions is nobody's
  'name-by-help': 'stopped', // and so are its words of help
  'bounce-to-nobody': 'stopped', // it knows who has a mailbox, or it could not tell
  'endless-command': 'contained',
  'half-open-tls': 'contained',
  'slow-reader': 'contained',
  'slow-writer': 'contained',
  'slow-letter': 'contained',
  'idle-crowd': 'contained',
};

test('every attack has its way with a server that believes everybody', { timeout: 180_000 }, async () => {
  await using server = await looseServer();
  const results = await drilled(server, { mailbox: mailFolder(server.folder, 0) });
  for (const { name } of attacks) {
    const result = results.get(name);
    assert.equal(result?.outcome, LOOSE[name] ?? 'passed', `${name}: ${result?.because}`);
    if (result.outcome === 'passed') assert.ok(result.evidence.length > 0, `${name} without evidence`);
  }
});

/** What the edge does not stop, and why. The list may only shrink: what it has learnt to meet must leave it. */
const UNMET: ReadonlySet<string> = new Set([
  'origin-reach', // only a firewall keeps strangers from the server behind it
  'spoofed-sender', // services may send in the own name with leave, so it counts against a letter and does not decide
]);

test('the edge in front of it meets what its rules name', { timeout: 240_000 }, async () => {
  await using server = await looseServer();
  const edge = await startEdge({ upstream: `${server.address}:${server.port}`, domains: ['example.test'] });
  try {
    const results = await drilled(edge, {
      mailbox: mailFolder(server.folder, 0),
      briefing: { origin: server },
    });
    const wrong = attacks.flatMap(({ name }) => {
      const { outcome, because } = results.get(name) as DrillAttack;
      if (UNMET.has(name)) return outcome === 'passed' ? [] : [`${name} is ${outcome}: take it off the list`];
      return outcome === 'stopped' || outcome === 'contained' ? [] : [`${name} ${outcome}: ${because}`];
    });
    assert.deepEqual(wrong, []);
  } finally {
    await edge.stop();
  }
});
