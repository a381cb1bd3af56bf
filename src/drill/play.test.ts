import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byVerb, scriptedServer } from '../../test/harness/scripted-server.ts';
import { systemClock } from '../net/clock.ts';
import { createDialler } from '../net/dialler.ts';
import { createSmtpClient } from '../net/smtp-client.ts';
import { type Played, play } from './play.ts';
import { exactly, hello, says, script } from './script.ts';

/** Plays a transcript against a server that answers each verb so. */
async function against(
  replies: Readonly<Record<string, string>>,
  transcript: string,
  patience = 5_000,
): Promise<Played> {
  await using server = await scriptedServer(byVerb('220 mx.example', replies));
  const client = createSmtpClient({ clock: systemClock, dial: createDialler({ clock: systemClock }) });
  const opened = await client.open(server);
  assert.ok(opened.ok);
  try {
    return await play(opened.connection, transcript, { host: 'mx.example', patience });
  } finally {
    opened.connection.close();
  }
}

const HELLO = hello({ hello: 'drill.example' });

test('a transcript goes through if the server does all that is hoped for', async () => {
  const played = await against({}, script(HELLO, 'C: NOOP', 'S: 2*'));
  assert.equal(played.through, true);
  assert.equal(played.words, '250 ok');
});

test('it ends where the server says something else, with its words and the stage', async () => {
  const mail = script(HELLO, 'C: MAIL FROM:<a@drill.example>', 'S: 250*', 'C: RCPT TO:<b@mx.example>', 'S: 25*');
  const played = await against({ RCPT: '550 5.7.1 No' }, script(mail, 'C: DATA', 'S: 354*'));
  assert.deepEqual([played.through, played.stage, played.words], [false, 'rcpt', '550 5.7.1 No']);
  assert.ok(!played.lines.some(({ text }) => text.startsWith('DATA')), 'nothing is said behind it');
});

test('each stage has its name, by the last command of what was sent', async () => {
  const stageOf = async (sent: string) => (await against({ '*': '500 no' }, script('S: 220*', sent, 'S: 2*'))).stage;
  assert.equal(await stageOf('C: EHLO x'), 'hello');
  assert.equal(await stageOf('C: MAIL FROM:<>'), 'mail');
  assert.equal(await stageOf('C: AUTH PLAIN'), 'auth');
  assert.equal(await stageOf('C: XCLIENT A=1'), 'command');
  assert.equal(await stageOf(exactly('PROXY TCP4\r\nEHLO x\r\n')), 'hello');
  assert.equal(await stageOf(exactly('EHLO x\r\nDATA\r\nSubject: x\r\n')), 'message');
});

test('a server that hangs up, and one that says nothing, are told apart', async () => {
  const silent = await against({ NOOP: '' }, script(HELLO, exactly('NOTHING'), 'S: 2*'), 50);
  assert.match(silent.words, /^the server said nothing/);
  const gone = await against({ QUIT: '221 bye' }, script(HELLO, 'C: QUIT', 'S: 221*', 'C: NOOP', 'S: 2*'));
  assert.equal(gone.words, 'the server hung up');
});

test('exact bytes on end leave in one piece, and repetitions are counted', async () => {
  const played = await against({}, script(HELLO, exactly('NOOP '), exactly('a', 5_000), exactly('\r\n'), 'S: 250*'));
  const sent = played.lines.filter(({ from }) => from === 'client').at(-1);
  assert.equal(sent?.text, `NOOP ${'a'.repeat(5_000)}\r\n`);
});

test('a reply of several lines is held against its last line', async () => {
  const played = await against(
    { EHLO: '250-mx\r\n250-SIZE\r\n250 HELP' },
    script('S: 220*', says('EHLO x'), 'S: 250 HELP'),
  );
  assert.equal(played.through, true);
});

test('a transcript that cannot be read is a fault of ours', async () => {
  await assert.rejects(against({}, 'what is this'), RangeError);
});
