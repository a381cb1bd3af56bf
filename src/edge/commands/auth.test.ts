/** AUTH at the session: where it is offered, in which words, how strictly it is read, and what a login opens. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codes, openSession, type SessionWish } from '../../../test/harness/edge-session.ts';
import { createFakeClock } from '../../../test/harness/fake-clock.ts';
import type { OpenFilter } from '../filter.ts';
import type { EdgeRule } from '../rule.ts';
import type { LoginAnswer, Logins } from '../upstream/logins.ts';

const TLS = { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' };
const base64 = (text: string) => Buffer.from(text).toString('base64');
const RIGHT = base64('\0anna\0open sesame');

/** A session at a door of submission; the upstream knows one password. */
function door(wish: SessionWish & { readonly answer?: never; readonly said?: LoginAnswer } = {}) {
  const checked: string[] = [];
  const closed: string[] = [];
  const handed: string[] = [];
  const logins: Logins = {
    mechanisms: ['PLAIN', 'LOGIN'],
    async check({ account, password }) {
      checked.push(`${account}:${password}`);
      if (wish.said !== undefined) return wish.said;
      if (password !== 'open sesame') return { kind: 'refused', detail: '535' };
      return {
        kind: 'accepted',
        login: {
          upstream: {
            available: true,
            size: null,
            offers: () => true,
            close: async () => undefined,
            async handOn() {
              handed.push(account);
              return { kind: 'accepted', detail: '' };
            },
          },
          close: () => closed.push(account),
        },
      };
    },
  };
  const edge = openSession({
    ...wish,
    limits: { authStep: 0, ...wish.limits },
    setting: { logins, ...wish.setting },
  });
  edge.greet();
  return {
    ...edge,
    send: edge.send,
    hasEnded: () => edge.ended,
    checked,
    closed,
    handed,
    /** EHLO inside TLS. */
    async secure(): Promise<string> {
      await edge.send('EHLO a.example\r\n');
      await edge.send('STARTTLS\r\n');
      edge.session.secured(TLS);
      return edge.send('EHLO a.example\r\n');
    },
  };
}

/** Rules that a session told of. */
const rulesOf = ({ events }: Pick<ReturnType<typeof door>, 'events'>) =>
  events.flatMap((event) => (event.kind === 'fault' ? [event.rule.id as string] : []));

test('AUTH is offered inside TLS at doors of submission, and nowhere else', async () => {
  const edge = door();
  assert.doesNotMatch(await edge.send('EHLO a.example\r\n'), /AUTH/);
  assert.equal(await edge.send(`AUTH PLAIN ${RIGHT}\r\n`), '530 5.7.0 Must issue a STARTTLS command first\r\n');
  assert.match(await edge.secure(), /^250-AUTH PLAIN LOGIN\r\n/m);
  assert.deepEqual(edge.checked, []);

  const port25 = openSession();
  port25.greet();
  await port25.send('EHLO a.example\r\n');
  await port25.send('STARTTLS\r\n');
  port25.session.secured(TLS);
  assert.doesNotMatch(await port25.send('EHLO a.example\r\n'), /AUTH/);
  assert.equal(codes(await port25.send(`AUTH PLAIN ${RIGHT}\r\n`)), '502');
});

test('nobody submits mail who has not logged in', async () => {
  const edge = door();
  await edge.secure();
  assert.equal(await edge.send('MAIL FROM:<anna@here.example>\r\n'), '530 5.7.0 Authentication required\r\n');
  assert.deepEqual(rulesOf(edge), ['protocol/auth-missing']);
});

for (const [way, lines] of [
  ['PLAIN with its answer', [`AUTH PLAIN ${RIGHT}`]],
  ['PLAIN in small letters, asked', ['auth plain', RIGHT]],
  ['LOGIN', ['AUTH LOGIN', base64('anna'), base64('open sesame')]],
  ['LOGIN with the name', [`AUTH LOGIN ${base64('anna')}`, base64('open sesame')]],
] as const) {
  test(`a login by ${way} opens the door to the world, in the name of the account`, async () => {
    const edge = door();
    await edge.secure();
    let said = '';
    for (const line of lines) said = await edge.send(`${line}\r\n`);
    assert.equal(said, '235 2.7.0 Authentication successful\r\n');
    assert.deepEqual(edge.checked, ['anna:open sesame']);
    assert.equal(
      codes(await edge.send('MAIL FROM:<anna@here.example> AUTH=<>\r\nRCPT TO:<x@elsewhere.example>\r\nDATA\r\n')),
      '250 250 354',
    );
    assert.equal(codes(await edge.send('a: b\r\n\r\nx\r\n.\r\n')), '250');
    assert.deepEqual(edge.handed, ['anna']);
    assert.equal(codes(await edge.send(`AUTH PLAIN ${RIGHT}\r\n`)), '503', 'a second login');
    assert.deepEqual(edge.closed, []);
    await edge.send('QUIT\r\n');
    assert.deepEqual(edge.closed, ['anna']);
  });
}

test('a refused login is answered on the whole second, however long the server thought about it', async () => {
  const clock = createFakeClock();
  for (const [thought, answered] of [
    [0, 1_000],
    [3, 1_000],
    [870, 1_000],
    [1_400, 2_000],
  ] as const) {
    const logins: Logins = {
      mechanisms: ['PLAIN'],
      check: () => clock.sleep(thought).then(() => ({ kind: 'refused', detail: '535' })),
    };
    let said = '';
    const hear = (text: string) => {
      said += text;
    };
    const edge = door({ limits: { authStep: 1_000 }, setting: { logins, clock }, hear });
    await edge.secure();
    said = '';
    await edge.send(`AUTH PLAIN ${RIGHT}\r\n`);
    await clock.advance(answered - 1);
    assert.equal(said, '', `${thought} ms`);
    await clock.advance(1);
    assert.equal(codes(said), '535', `${thought} ms`);
  }
});

test('questions are asked in base64, and one answer too long, loose or cancelled is none', async () => {
  const edge = door({ limits: { authTries: 50, faults: 50 } });
  await edge.secure();
  assert.equal(await edge.send('AUTH PLAIN\r\n'), '334 \r\n');
  assert.equal(await edge.send('*\r\n'), '501 5.7.0 Authentication cancelled\r\n');
  assert.equal(await edge.send('AUTH LOGIN\r\n'), '334 VXNlcm5hbWU6\r\n');
  assert.equal(await edge.send(`${base64('anna')}\r\n`), '334 UGFzc3dvcmQ6\r\n');
  assert.equal(await edge.send('*\r\n'), '501 5.7.0 Authentication cancelled\r\n');
  for (const bad of [
    'not base64',
    'AGEAYg',
    'AGEAYh==',
    '=',
    '====',
    base64('anna'),
    base64('root\0anna\0open sesame'),
  ]) {
    await edge.send('AUTH PLAIN\r\n');
    assert.equal(await edge.send(`${bad}\r\n`), '501 5.5.2 Cannot decode response\r\n', bad);
  }
  assert.equal(rulesOf(edge).at(-1), 'protocol/auth-answer');
  assert.equal(await edge.send('AUTH PLAIN =\r\n'), '501 5.5.2 Cannot decode response\r\n');
  assert.equal(await edge.send('AUTH NTLM\r\n'), '504 5.5.4 Mechanism not recognized\r\n');
  assert.equal(await edge.send('AUTH\r\n'), '501 5.5.2 Cannot decode response\r\n');
  assert.deepEqual(edge.checked, []);
});

test('12,288 octets of AUTH are read and one more is not (RFC 4954 §4)', async () => {
  const longest = door();
  await longest.secure();
  await longest.send('AUTH PLAIN\r\n');
  assert.equal(codes(await longest.send(`${'A'.repeat(12_286)}\r\n`)), '501');
  const over = door();
  await over.secure();
  await over.send('AUTH PLAIN\r\n');
  assert.equal(codes(await over.send(`${'A'.repeat(12_287)}\r\n`)), '500');
  assert.ok(over.hasEnded());
  const command = door();
  await command.secure();
  assert.equal(codes(await command.send(`AUTH PLAIN ${'A'.repeat(12_275)}\r\n`)), '501');
  assert.equal(codes(await command.send(`AUTH PLAIN ${'A'.repeat(12_276)}\r\n`)), '500');
  assert.ok(command.hasEnded());
});

test('an answer that a lone LF ends, and commands behind one, end the session', async () => {
  const bare = door();
  await bare.secure();
  await bare.send('AUTH PLAIN\r\n');
  assert.equal(codes(await bare.send(`${RIGHT}\n`)), '500');
  assert.ok(bare.hasEnded());
  const piped = door();
  await piped.secure();
  await piped.send('AUTH PLAIN\r\n');
  assert.equal(codes(await piped.send(`${RIGHT}\r\nMAIL FROM:<a@b.example>\r\n`)), '503');
  assert.ok(piped.hasEnded());
  assert.deepEqual([...bare.checked, ...piped.checked], []);
});

test('an answer may come byte by byte', async () => {
  const edge = door();
  await edge.secure();
  let said = await edge.send('AUTH PLAIN\r\n');
  for (const byte of `${RIGHT}\r\n`) said = await edge.send(byte);
  assert.equal(codes(said), '235');
});

test('three tries, and no fourth', async () => {
  const edge = door();
  await edge.secure();
  for (let number = 0; number < 3; number++)
    assert.equal(
      await edge.send(`AUTH PLAIN ${base64(`\0anna\0guess ${number}`)}\r\n`),
      '535 5.7.8 Authentication credentials invalid\r\n',
    );
  assert.equal(codes(await edge.send(`AUTH PLAIN ${RIGHT}\r\n`)), '421');
  assert.ok(edge.hasEnded());
  assert.equal(edge.checked.length, 3);
});

test('an upstream that does not answer is no wrong password', async () => {
  const edge = door({ said: { kind: 'unknown', detail: 'down' } });
  await edge.secure();
  assert.equal(await edge.send(`AUTH PLAIN ${RIGHT}\r\n`), '454 4.7.0 Temporary authentication failure\r\n');
});

const trap: EdgeRule = {
  id: 'auth/trap',
  severity: 'low',
  title: 't',
  why: 'w',
  remedy: [{ platform: '*', text: 'r' }],
  references: ['RFC 4954'],
  threat: 'attack/account',
  action: 'refuse',
  reply: { code: 454, status: '4.7.0', text: 'Not now' },
};

test('a filter keeps a try from the upstream, or a login from its peer', async () => {
  const before: OpenFilter = {
    auth: ({ attempt }) => ({ rule: trap, because: `${attempt.account} ${attempt.weakness}` }),
  };
  const early = door({ filters: [before] });
  await early.secure();
  assert.equal(await early.send(`AUTH PLAIN ${RIGHT}\r\n`), '454 4.7.0 Not now\r\n');
  assert.deepEqual(early.checked, []);
  const after: OpenFilter = {
    authenticated: ({ outcome }) => (outcome === 'accepted' ? { rule: trap, because: outcome } : undefined),
  };
  const late = door({ filters: [after] });
  await late.secure();
  assert.equal(await late.send(`AUTH PLAIN ${RIGHT}\r\n`), '454 4.7.0 Not now\r\n');
  assert.deepEqual(late.closed, ['anna']);
  assert.equal(codes(await late.send('MAIL FROM:<a@b.example>\r\n')), '530');
});

test('the password is in no event', async () => {
  const edge = door();
  await edge.secure();
  await edge.send(`AUTH PLAIN ${base64('\0anna\0hunter2 secret')}\r\n`);
  assert.doesNotMatch(JSON.stringify(edge.events), /hunter2|aHVudGVy|IHNlY3JldA/);
});
