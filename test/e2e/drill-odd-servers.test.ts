/** Servers that are none: what refuses everybody, believes nothing, hangs or dies must not look like one that stops attacks. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { attacks } from '../../src/drill/attacks/index.ts';
import { scoreOf } from '../../src/drill/outcome.ts';
import type { DrillReport } from '../../src/finding/drill-report.ts';
import { tryDrill } from '../harness/drilled.ts';
import { type Behaviour, byVerb, scriptedServer } from '../harness/scripted-server.ts';

/** Milliseconds: these servers answer at once or never. */
const PATIENCE = 400;

/** Attacks that hold connections for their time, or send more than a scripted server wants to hear. */
const LONG: ReadonlySet<string> = new Set([
  'endless-command',
  'flood-connections',
  'flood-letters',
  'half-open-tls',
  'slow-reader',
  'slow-writer',
  'slow-letter',
  'idle-crowd',
]);
const SHORT = attacks.map(({ name }) => name).filter((name) => !LONG.has(name));

async function drillOf(behaviour: Behaviour): Promise<DrillReport | { readonly fault: string }> {
  await using server = await scriptedServer(behaviour);
  return await tryDrill(server, { only: SHORT, briefing: { patience: PATIENCE } });
}

async function report(behaviour: Behaviour): Promise<DrillReport> {
  const made = await drillOf(behaviour);
  assert.ok(!('fault' in made), JSON.stringify(made));
  return made;
}

const namesOf = ({ attacks: results }: DrillReport, outcome: string) =>
  results.filter((result) => result.outcome === outcome).map(({ attack }) => attack);

for (const [what, behaviour, because] of [
  ['turns everybody away', byVerb('554 5.7.1 go away', { '*': '554 no' }), /turns us away: 554/],
  ['greets, and refuses everything', byVerb('220 mx', { '*': '550 5.7.1 no' }), /refuses EHLO .*550/],
  ['takes no mail', byVerb('220 mx', { MAIL: '550 5.7.1 no' }), /takes no mail from .*550.*--sender/],
  ['wants TLS first', byVerb('220 mx', { MAIL: '530 5.7.0 STARTTLS first' }), /no mail outside TLS.*530/],
  ['knows no recipient', byVerb('220 mx', { RCPT: '550 5.1.1 who' }), /takes no mail for alice.*550.*--recipient/],
  ['says nothing', {}, /no greeting/],
  ['hangs behind its greeting', { greet: (socket) => socket.write('220 mx\r\n') } as Behaviour, /no answer to EHLO/],
] as const) {
  test(`a server that ${what} cannot be drilled, and the reason says why`, async () => {
    const made = await drillOf(behaviour);
    assert.ok('fault' in made, 'it was drilled');
    assert.match(made.fault, because);
  });
}

test('a door of submission is drilled as far as one comes without a password', async () => {
  const made = await report(
    byVerb('220 mx', {
      EHLO: '250-mx\r\n250 AUTH PLAIN LOGIN',
      MAIL: '530 5.7.0 Authentication required',
      AUTH: '535 5.7.8 no',
      '*': '502 5.5.1 no',
      NOOP: '250 ok',
    }),
  );
  assert.equal(made.recipient, null);
  assert.deepEqual(namesOf(made, 'passed'), [
    'web-request',
    'password-guessing',
    'overlong-command',
    'many-errors',
    'empty-commands',
  ]);
  const { outcome, because } = made.attacks.find(({ attack }) => attack === 'smuggled-bare-lf') ?? assert.fail();
  assert.deepEqual(
    [outcome, because],
    ['not-run', 'letters are taken from who has logged in, and the drill has no password'],
  );
});

test('a server that says yes to everything stops nothing but what there is nothing to learn from', async () => {
  const made = await report({
    greet: (socket) => socket.write('220 mx\r\n'),
    onLine: (line, socket) => void socket.write(line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n'),
  });
  // It tells no name, tells names apart from no others, offers no AUTH to guess for or to ask, and ends lines at CRLF alone.
  assert.deepEqual(namesOf(made, 'stopped').toSorted(), [
    'auth-in-clear',
    'bare-lf-commands',
    'cancelled-logins',
    'harvest-rcpt',
    'harvest-vrfy',
    'name-by-ehlo',
    'name-by-errors',
    'name-by-greeting',
    'name-by-help',
    'ntlm-names',
    'password-guessing',
  ]);
  for (const name of ['mail-before-hello', 'control-bytes', 'open-relay', 'overlong-command', 'harvest-expn'])
    assert.ok(namesOf(made, 'passed').includes(name), name);
  // It takes no letter (250 is no answer to DATA), so that nothing is known of letters.
  for (const name of ['smuggled-bare-lf', 'blind-pipelining', 'forged-verdict', 'many-hops', 'bounce-to-nobody'])
    assert.ok(!namesOf(made, 'stopped').includes(name), name);
  assert.ok(made.score < 50);
});

test('a server that refuses every letter proves nothing about letters', async () => {
  const reading = new WeakSet<Socket>();
  const made = await report({
    greet: (socket) => socket.write('220 mx\r\n'),
    onLine(line, socket) {
      if (/^DATA/i.test(line) && !reading.has(socket)) {
        reading.add(socket);
        socket.write('354 go\r\n');
      } else if (line === '.') {
        reading.delete(socket);
        socket.write('554 5.7.1 no\r\n');
      } else if (!reading.has(socket)) socket.write('250 ok\r\n');
    },
  });
  const letters = ['smuggled-bare-lf', 'smuggled-nul', 'split-header', 'many-hops', 'overlong-line', 'forged-verdict'];
  for (const name of letters) assert.ok(namesOf(made, 'not-run').includes(name), name);
  for (const { attack, outcome, because } of made.attacks)
    if (letters.includes(attack)) assert.match(because, /does not pass either/, `${attack} ${outcome}`);
});

test('a server that hangs at DATA is said to hang, and what needs no letter is proven all the same', async () => {
  const made = await report({
    greet: (socket) => socket.write('220 mx\r\n'),
    onLine(line, socket) {
      if (!/^DATA/i.test(line)) socket.write('250 ok\r\n');
    },
  });
  const hung = made.attacks.find(({ attack }) => attack === 'smuggled-bare-lf');
  assert.equal(hung?.outcome, 'not-run');
  assert.match(hung.because, /no byte within/);
  assert.ok(namesOf(made, 'passed').includes('mail-before-hello'));
});

test('a server that dies in the middle was harmed; what comes behind is not run, and the score says so', async () => {
  let dead = false;
  const made = await report({
    greet: (socket) => void (dead ? socket.destroy() : socket.write('220 mx\r\n')),
    onLine(line, socket) {
      // The attack that sends this kills it, as a true overflow would.
      if (line.includes('\0')) dead = true;
      if (dead) socket.destroy();
      else socket.write('250 ok\r\n');
    },
  });
  assert.deepEqual(namesOf(made, 'harmed'), ['control-bytes']);
  const behind = made.attacks.slice(made.attacks.findIndex(({ outcome }) => outcome === 'harmed') + 1);
  assert.ok(behind.length > 10 && behind.every(({ outcome }) => outcome === 'not-run'));
  assert.match(behind[0]?.because ?? '', /control-bytes had put the server out of service/);
  assert.ok(made.score < 50 && made.score === scoreOf(made.attacks));
});
