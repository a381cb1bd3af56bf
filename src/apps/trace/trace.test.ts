import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { paintBox } from '../../report/paint.ts';
import { findSessions, type TraceQuestion } from './find.ts';
import { logFiles } from './log-files.ts';
import { storyOf } from './story.ts';
import { storyText } from './text.ts';
import { readTime } from './time.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 31, 12, 0, second)).toISOString();
const line = (second: number, session: string, event: string, facts: object = {}) =>
  JSON.stringify({ level: 30, time: at(second), session, ...facts, event });

const message = (id: string, facts: object = {}) => ({
  id,
  peer: '192.0.2.7',
  hello: 'mx.sender.example',
  tls: 'TLSv1.3',
  sender: 'Alice@Sender.example',
  recipients: ['bob@here.example'],
  messageId: '<one@sender.example>',
  size: 12_345,
  verdict: 'accept',
  code: 250,
  because: [],
  took: 34,
  upstream: '250 2.0.0 Ok: queued as 4Zq1Xy2z.',
  ...facts,
});

const OLD = [
  line(1, 's-1', 'connected', { peer: '192.0.2.7' }),
  line(2, 's-1', 'message', message('m-1')),
  line(3, 's-1', 'closed', { how: 'by-peer', messages: 1 }),
];
const NEW = [
  line(11, 's-2', 'connected', { peer: '198.51.100.9' }),
  line(12, 's-2', 'hit', {
    stage: 'rcpt',
    sender: '',
    recipient: 'carol@here.example',
    rule: 'recipient/unknown',
    because: 'asked',
  }),
  line(13, 's-2', 'refused', { stage: 'rcpt', code: 550, rule: 'recipient/unknown', recipient: 'carol@here.example' }),
  line(14, 's-3', 'fault', { rule: 'x/y', because: '"session":"s-1" bob@here.example', action: 'note' }),
  'half a line, "session":"s-2", carol@here.example',
  line(15, 's-4', 'message', message('m-4', { recipients: ['müller@here.example'], messageId: null, code: 451 })),
  '{"time":"2026-01-31T12:00:16.000Z","session":"s-5","event":"mess',
];

function logOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mailward-trace-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const log = join(folder, 'edge.ndjson');
  writeFileSync(`${log}.1.gz`, gzipSync(`${OLD.join('\n')}\n`));
  utimesSync(`${log}.1.gz`, 1, 1);
  writeFileSync(log, NEW.join('\n'));
  return log;
}

const all: Omit<TraceQuestion, 'terms'> = { since: 0, until: Number.POSITIVE_INFINITY, limit: 100 };
const found = async (log: string, ...terms: string[]) =>
  (await findSessions(logFiles(log), { ...all, terms })).map(({ id }) => id);

test('a message is found by each of its names, in the log and in what rotation left of it', async (t) => {
  const log = logOf(t);
  const names = [
    'bob@here.example',
    'BOB@HERE.example',
    'alice@sender.example',
    '<one@sender.example>',
    'one@sender.example',
  ];
  for (const term of [...names, 'm-1', 's-1', '192.0.2.7', 'mx.sender.example', '4zq1xy2z'])
    assert.ok((await found(log, term)).includes('s-1'), term);
});

test('an address is found by what a bounce calls it, and by its own name, tagged or not', async (t) => {
  const log = logOf(t);
  assert.deepEqual(await found(log, 'prvs=1234abcdef=bob@here.example'), ['s-1', 's-3']);
  writeFileSync(log, line(1, 's-9', 'message', message('m-9', { sender: 'btv1==1a2b==Dan@Sender.example' })));
  assert.deepEqual(await found(log, 'dan@sender.example'), ['s-9']);
  assert.deepEqual(await found(log, 'btv1==3c4d==dan@sender.example'), ['s-9']);
});

test('an address is found with what stands behind its plus, and one with a plus alone', async (t) => {
  const log = logOf(t);
  writeFileSync(log, line(1, 's-9', 'message', message('m-9', { recipients: ['dora+shop@here.example'] })));
  assert.deepEqual(await found(log, 'dora@here.example'), ['s-9']);
  assert.deepEqual(await found(log, 'dora+shop@here.example'), ['s-9']);
  assert.deepEqual(await found(log, 'dora+other@here.example'), []);
});

test('a refusal is found by its recipient, and a domain by its sign', async (t) => {
  const log = logOf(t);
  assert.deepEqual(await found(log, 'carol@here.example'), ['s-2']);
  assert.deepEqual(await found(log, '@here.example'), ['s-1', 's-2', 's-3', 's-4']);
  assert.deepEqual(await found(log, 'müller@here.example'), ['s-4']);
  assert.deepEqual(await found(log, 'ere.example'), []);
  assert.deepEqual(await found(log, 'nobody@here.example'), []);
});

test('several terms must meet in one session', async (t) => {
  const log = logOf(t);
  assert.deepEqual(await found(log, '@sender.example', 'bob@here.example'), ['s-1']);
  assert.deepEqual(await found(log, 'bob@here.example', 'carol@here.example'), []);
});

test('a limit keeps the newest, and times bound the search', async (t) => {
  const files = logFiles(logOf(t));
  const ask = async (question: Partial<TraceQuestion>) =>
    (await findSessions(files, { ...all, terms: ['@here.example'], ...question })).map(({ id }) => id);
  assert.deepEqual(await ask({ limit: 1 }), ['s-4']);
  assert.deepEqual(await ask({ until: Date.parse(at(5)) }), ['s-1']);
  assert.deepEqual(await ask({ since: Date.parse(at(15)) }), ['s-4']);
});

test('the words of one session in a text of another are not taken for its own', async (t) => {
  const [session] = await findSessions(logFiles(logOf(t)), { ...all, terms: ['m-1'] });
  assert.deepEqual(
    session?.lines.map(({ event }) => event),
    ['connected', 'message', 'closed'],
  );
});

test('a story says who, what and why, and lets nothing act on the terminal', async (t) => {
  const log = logOf(t);
  writeFileSync(
    log,
    `${line(20, 's-6', 'message', message('m-6', { sender: 'a\u001b[2J\u202e@x.example', code: 550, because: ['a/b'] }))}\n`,
  );
  const sessions = await findSessions(logFiles(log), { ...all, terms: ['bob@here.example'] });
  const text = sessions.map((session) => storyText(storyOf(session), paintBox(false))).join('\n');
  assert.match(text, /^2026-01-31 12:00:01 {2}192\.0\.2\.7 as mx\.sender\.example, TLSv1\.3 {2}s-1$/m);
  assert.match(text, /^12:00:02\.000 {2}accepted with 250, message m-1, 12 kB, 34 ms$/m);
  assert.match(text, /^ +from Alice@Sender\.example to bob@here\.example$/m);
  assert.match(text, /^ +the upstream said: 250 2\.0\.0 Ok: queued as 4Zq1Xy2z\.$/m);
  assert.match(text, /refused with 550, message m-6/);
  assert.match(text, /because of a\/b/);
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u202e]/);
});

test('times are given as times or as how long ago', () => {
  assert.equal(readTime('2h', 10_000_000), 2_800_000);
  assert.equal(readTime('2026-01-31T12:00:00Z', 0), Date.UTC(2026, 0, 31, 12));
  for (const wrong of ['', 'yesterday', '5', '5x', '2026-99-99']) assert.equal(readTime(wrong, 0), null, wrong);
});

test('what was kept back says so, who let it out where, and a narrow terminal breaks lines below their own begin', async (t) => {
  const log = logOf(t);
  writeFileSync(
    log,
    `${line(20, 's-7', 'message', message('m-7', { code: 550, verdict: 'quarantine', because: ['a/b'] }))}
${line(90, 's-7', 'released', { id: 'm-7', sender: 'a@x.example', recipients: ['bob@here.example'], taken: ['bob@here.example'], upstream: `250 ok ${'word '.repeat(20)}`.trim() })}\n`,
  );
  const [session] = await findSessions(logFiles(log), { ...all, terms: ['m-7'] });
  const text = storyText(storyOf(session as NonNullable<typeof session>), paintBox(false), 80);
  assert.match(text, /refused with 550, message m-7, .*\n {14}kept in quarantine\n/);
  assert.match(
    text,
    /released from quarantine, message m-7\n {14}to bob@here\.example\n {14}the upstream said: 250 ok word/,
  );
  for (const one of text.split('\n')) assert.ok(one.length <= 80, one);
});
