import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paintBox } from '../../report/paint.ts';
import { type GatewayStatus, type SessionView, statusOf } from './status.ts';
import { sessionsText, statusText } from './status-text.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const WORKER: GatewayStatus = {
  pid: 4_194_304,
  startedAt: new Date(NOW - 86_400_000).toISOString(),
  level: 'full',
  signals: { loopDelay: 12.3, heap: 0.51, buffers: 0.99, places: 0.8, upstream: 19_999, disk: null },
  paused: false,
  draining: false,
  sessions: 19_999,
  messages: { accepted: 1_234_567, putOff: 89_012, refused: 345_678 },
  upstream: { available: true, pending: 1, median: 12_345 },
  memory: 400 * 1_048_576,
  linesLost: 7,
};
const SESSION: SessionView = {
  schema: 'mailward/edge-session/1',
  id: 'mx4ts1gy-u22-zzzz',
  peer: '2001:db8:1234:5678:9abc:def0:1234:5678',
  since: new Date(NOW - 61_000).toISOString(),
  hello: 'mx.a-rather-long-name.sender.example\u001b[2J',
  tls: 'TLSv1.3',
  stage: 'connect',
  sender: `bounces+${'x'.repeat(60)}@newsletter.sender.example`,
  recipients: 3,
  messages: 12,
  faults: 0,
};

test('a busy gateway fits on a screen of 80 columns, and says what a person must know', () => {
  const text = statusText(statusOf([WORKER, { ...WORKER, level: 'normal' }]), NOW, paintBox(false));
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
  assert.match(text, /^load +full: everybody but exempt peers/m);
  assert.match(text, /^log +14 lines lost/m);
  assert.match(text, /disk \?/);
  assert.match(statusText(statusOf([WORKER]), NOW, paintBox(false)), /1 message waits for it/);
  assert.doesNotMatch(statusText(statusOf([{ ...WORKER, linesLost: 0 }]), NOW, paintBox(false)), /^log/m);
});

test('sessions are told in columns that fit, whatever a peer calls itself', () => {
  const text = sessionsText([SESSION, { ...SESSION, hello: null, sender: null, tls: null }], NOW, paintBox(false), 80);
  for (const line of text.split('\n')) assert.ok(line.length <= 90, line);
  assert.doesNotMatch(text, /\u001b/);
  assert.match(text, /^ {2}as mx\.a-rather-long-name\.sender\.example\\x1b\[2J from bounces\+.*…$/m);
  assert.equal(text.split('\n').length, 4);
  assert.equal(sessionsText([], NOW, paintBox(false), 80), 'nobody is connected\n');
});
