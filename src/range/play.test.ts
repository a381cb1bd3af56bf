import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { systemClock } from '../net/clock.ts';
import { createDialler } from '../net/dialler.ts';
import { listen, type ServerSession, serve } from '../net/listener.ts';
import { createSmtpClient } from '../net/smtp-client.ts';
import { makeCertificate } from '../net/tls-certificate.ts';
import { readTranscript } from '../wire/smtp/transcript.ts';
import { readPersona } from './persona.ts';
import { createPersonaSession } from './persona-session.ts';
import { differenceWords, holdServer, play } from './play.ts';

function persona(name: string): ServerSession {
  return createPersonaSession(readPersona(readFileSync(new URL(`personas/${name}.smtp`, import.meta.url), 'utf8')), {
    host: 'mx.d.example',
    domain: 'd.example',
    peer: '192.0.2.9',
    now: () => Date.parse('2026-11-25T10:00:00Z'),
    took: () => undefined,
  });
}

/** Plays against a session in this process; says in words what differs. */
async function playHeld(session: ServerSession, text: string): Promise<string | null> {
  const perform = (acts: ReturnType<ServerSession['open']>) => {
    for (const act of acts) {
      if (act.act === 'send') held.hear(act.bytes);
      if (act.act === 'hang-up') held.end();
    }
  };
  const held = holdServer({ ingest: (bytes) => perform(session.ingest(bytes)) });
  perform(session.open());
  const { steps, faults } = readTranscript(text);
  assert.deepEqual(faults, []);
  return differenceWords(await play(steps, held.party));
}

test('a dialogue that goes as written has no difference', async () => {
  const difference = await playHeld(
    persona('postfix'),
    `# any greeting; a reply of many lines by its last, or line for line
S: 220 *
C: EHLO a.example
S: 250 *
C: NOOP
S: 250 2.0.0 Ok
C> "MAIL FROM:<p@a.example>\\r\\nRSET\\r\\n"
S: 250 2.1.0 *
S: 250 2.0.0 *
C: QUIT
S: 221 *
S!`,
  );
  assert.equal(difference, null);
});

const told: readonly (readonly [what: string, text: string, difference: RegExp])[] = [
  ['another code', 'S: 220 *\nC: NOOP\nS: 550 *', /^line 3 wants 550 \*, and what came is 250 /],
  ['another greeting', 'S: 554 *', /^line 1 wants 554 \*, and what came is 220 /],
  ['one line where more are written', 'S: 220 *\nC: NOOP\nS: 250-*\nS: 250 *', /^line 3 wants 250-\*/],
  [
    'a line fewer than came',
    'S: 220 *\nC: EHLO a\nS: 250-*\nS: 250 *',
    /^line 4 wants 250 \*, and what came is 250-.* \| /,
  ],
  ['silence', 'S: 220 *\nC> "NOOP"\nS: 250 *', /^line 3 wants 250 \*, and what came is the server says nothing$/],
  ['a session that goes on', 'S: 220 *\nC: NOOP\nS!', /^line 3 wants the end of the session, and what came is 250 /],
  ['a session that has ended', 'S: 220 *\nC: QUIT\nS: 221 *\nC: NOOP\nS: 250 *', /^line 5 .* the server hung up$/],
];
for (const [what, text, difference] of told) {
  test(`the first step that differs is told: ${what}`, async () => {
    assert.match((await playHeld(persona('postfix'), text)) ?? '', difference);
  });
}

test('what is no SMTP is told, and ends the play', async () => {
  const session: ServerSession = { open: () => [{ act: 'send', bytes: Buffer.from('SSH-2.0\r\n') }], ingest: () => [] };
  assert.match((await playHeld(session, 'S: 220 *')) ?? '', /no reply of SMTP: SSH-2\.0$/);
});

test('a live server is played against over its own connection, into TLS and on', async (t) => {
  const certificate = makeCertificate({
    names: ['mx.d.example'],
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 86_400_000),
  });
  const server = await listen({
    address: '127.0.0.1',
    port: 0,
    onConnection: (socket) => serve(socket, persona('postfix'), { clock: systemClock, certificate, idle: 10_000 }),
  });
  t.after(() => server.close());
  const opened = await createSmtpClient({ clock: systemClock, dial: createDialler({ clock: systemClock }) }).open(
    server,
  );
  assert.ok(opened.ok);
  const { connection } = opened;
  const party = {
    send: (bytes: Uint8Array) => connection.send(bytes),
    reply: () => connection.reply(),
    secure: async () => void (await connection.startTls({ servername: 'mx.d.example' })),
  };
  const { steps } = readTranscript(`S: 220 *
C: EHLO a.example
S: 250 *
C: STARTTLS
S: 220 *
# TLS from here on
C: EHLO a.example
S: 250 *
C: QUIT
S: 221 *
S!`);
  assert.equal(differenceWords(await play(steps, party)), null);
  assert.ok(connection.lines.some(({ secure, text }) => secure === true && text.startsWith('250')));
});
