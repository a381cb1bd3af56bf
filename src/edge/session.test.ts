import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codes, openSession as open } from '../../test/harness/edge-session.ts';
import type { OpenFilter } from './filter.ts';
import { createPolicies, DEFAULT_POLICY } from './policy.ts';
import { createRoom } from './room.ts';
import type { EdgeRule } from './rule.ts';
import type { HandOn } from './upstream/upstream.ts';

const ENVELOPE = 'EHLO a.example\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@here.example>\r\nDATA\r\n';

test('a letter is handed on as it came, behind one trace header, and answered only then', async () => {
  const edge = open();
  assert.equal(edge.greet(), '220 mx.here.example ESMTP\r\n');
  assert.equal(codes(await edge.send('EHLO a.example\r\n')), '250');
  assert.equal(
    codes(await edge.send('MAIL FROM:<a@a.example> SIZE=20\r\nRCPT TO:<b@here.example>\r\nDATA\r\n')),
    '250 250 354',
  );
  assert.equal(await edge.send('Subject: x\r\n\r\n..one\r\n.\r\n'), '250 2.0.0 Accepted\r\n');
  assert.equal(edge.handed[0]?.text, 'Subject: x\r\n\r\n.one\r\n');
  assert.match(
    edge.handed[0]?.request.trace ?? '',
    /^Received: from a\.example \(\[192\.0\.2\.9\]\)\r\n\tby mx\.here\.example with ESMTP id m1;/,
  );
  assert.equal(await edge.send('QUIT\r\n'), '221 2.0.0 Bye\r\n');
  assert.ok(edge.ended);
});

test('nothing it says names a product, whoever asks', async () => {
  const edge = open();
  let all = edge.greet();
  for (const line of [
    'EHLO a.example',
    'HELP',
    'VRFY root',
    'EXPN list',
    'XYZZY',
    'NOOP',
    'RSET',
    'MAIL',
    'RCPT TO:<x@y>',
    'TURN',
    'QUIT',
  ])
    all += await edge.send(`${line}\r\n`);
  assert.doesNotMatch(all, /mailward|node|postfix|exim|sendmail/i);
});

const endings = ['\n.\n', '\n.\r\n', '\r\n.\n', '\r.\r', '\r.\r\n', '\r\n.\r', '\r\r\n.\r\r\n', '\r\n\0.\r\n'];
for (const ending of endings) {
  test(`${JSON.stringify(ending)} neither ends a letter nor is handed on`, async () => {
    const edge = open();
    edge.greet();
    await edge.send('EHLO a.example\r\n');
    await edge.send(ENVELOPE.slice(ENVELOPE.indexOf('MAIL')));
    const said = await edge.send(
      `a: b\r\n\r\none${ending}MAIL FROM:<ceo@here.example>\r\nRCPT TO:<b@here.example>\r\nDATA\r\ntwo\r\n.\r\n`,
    );
    assert.equal(codes(said), '550');
    assert.equal(edge.handed.length, 0);
    assert.ok(edge.ended);
  });
}

test('a letter that comes byte by byte is the same letter', async () => {
  const edge = open();
  edge.greet();
  await edge.send('EHLO a.example\r\n');
  await edge.send('MAIL FROM:<a@a.example>\r\nRCPT TO:<b@here.example>\r\nDATA\r\n');
  let said = '';
  for (const byte of 'a: b\r\n\r\n..\r\nx\r\n.\r\n') said += await edge.send(byte);
  assert.equal(codes(said), '250');
  assert.equal(edge.handed[0]?.text, 'a: b\r\n\r\n.\r\nx\r\n');
});

const refused: readonly (readonly [string, string, string])[] = [
  ['MAIL before EHLO', 'MAIL FROM:<a@b.example>\r\n', '503'],
  ['a foreign recipient', 'EHLO a\r\n|MAIL FROM:<a@b.example>\r\nRCPT TO:<x@elsewhere.example>\r\n', '250 550'],
  ['a percent route', 'EHLO a\r\n|MAIL FROM:<a@b.example>\r\nRCPT TO:<x%evil.example@here.example>\r\n', '250 501'],
  ['a bang route', 'EHLO a\r\n|MAIL FROM:<a@b.example>\r\nRCPT TO:<evil!x@here.example>\r\n', '250 501'],
  ['a source route', 'EHLO a\r\n|MAIL FROM:<a@b.example>\r\nRCPT TO:<@here.example:x@evil.example>\r\n', '250 501'],
  ['a quoted address', 'EHLO a\r\n|MAIL FROM:<a@b.example>\r\nRCPT TO:<"x@evil.example"@here.example>\r\n', '250 501'],
  ['a space before the bracket', 'EHLO a\r\n|MAIL FROM: <a@b.example>\r\n', '501'],
  ['an unknown parameter', 'EHLO a\r\n|MAIL FROM:<a@b.example> FOO=1\r\n', '555'],
  ['a parameter twice', 'EHLO a\r\n|MAIL FROM:<a@b.example> SIZE=1 SIZE=2\r\n', '501'],
  ['a size beyond all bounds', 'EHLO a\r\n|MAIL FROM:<a@b.example> SIZE=99999999999\r\n', '552'],
  ['DATA without a recipient', 'EHLO a\r\n|MAIL FROM:<a@b.example>\r\nDATA\r\n', '250 554'],
  ['a bare LF', 'EHLO a\n', '500'],
  ['HTTP', 'GET / HTTP/1.0\r\n', '500'],
  ['BDAT, which is not offered', 'EHLO a\r\n|BDAT 5 LAST\r\nRSET\r\n', '502'],
  ['TURN', 'TURN\r\n', '502'],
];
for (const [what, sent, expected] of refused) {
  test(`${what} is answered ${expected}`, async () => {
    const edge = open();
    edge.greet();
    const parts = sent.split('|');
    let said = '';
    for (const part of parts) said = await edge.send(part);
    assert.equal(codes(said), expected);
    assert.equal(edge.handed.length, 0);
  });
}

test('whoever talks before the greeting is not served', async () => {
  let decide: (hit: undefined) => void = () => undefined;
  const slow: OpenFilter = {
    connect: () =>
      new Promise((resolve) => {
        decide = resolve;
      }),
  };
  const edge = open({ filters: [slow] });
  assert.equal(edge.greet(), '');
  assert.equal(codes(await edge.send('EHLO a.example\r\n')), '500');
  decide(undefined);
  assert.equal(await edge.send('NOOP\r\n'), '');
  assert.ok(edge.ended);
});

test('commands behind STARTTLS in one packet end the session before any handshake (CVE-2011-0411)', async () => {
  const edge = open();
  edge.greet();
  await edge.send('EHLO a.example\r\n');
  assert.equal(codes(await edge.send('STARTTLS\r\nRSET\r\n')), '500');
  assert.ok(edge.ended && !edge.secured);
});

test('what was said before TLS is forgotten inside it', async () => {
  const edge = open();
  edge.greet();
  await edge.send('EHLO a.example\r\n');
  await edge.send('MAIL FROM:<a@a.example>\r\n');
  assert.equal(codes(await edge.send('STARTTLS\r\n')), '220');
  edge.session.secured({ protocol: 'TLSv1.3', cipher: 'x' });
  assert.equal(codes(await edge.send('RCPT TO:<b@here.example>\r\n')), '503');
});

test('a line without an end, and a command that is too long, cost no more than the limit', async () => {
  const edge = open();
  edge.greet();
  assert.equal(codes(await edge.send('A'.repeat(70_000))), '500');
  assert.ok(edge.ended);
});

/** Rules that a session told of. */
const rulesOf = (edge: ReturnType<typeof open>) =>
  edge.events.flatMap((event) => (event.kind === 'fault' ? [event.rule.id as string] : []));

test('a message that does not end is read to twice what one may have, and then the line is cut', async () => {
  const edge = open({ limits: { messageSize: 1_000 } });
  edge.greet();
  await edge.send(ENVELOPE.slice(0, ENVELOPE.indexOf('MAIL')));
  await edge.send(ENVELOPE.slice(ENVELOPE.indexOf('MAIL')));
  assert.equal(await edge.send('a line\r\n'.repeat(249)), '');
  assert.equal(codes(await edge.send('a line\r\n'.repeat(2))), '552');
  assert.ok(edge.ended);
  assert.deepEqual(rulesOf(edge), ['limits/endless-message']);
});

test('recipients whose policies differ come in messages of their own', async () => {
  const policies = createPolicies(DEFAULT_POLICY, [
    { recipients: new Set(['c@here.example']), direction: null, settings: { ...DEFAULT_POLICY, monitorOnly: true } },
  ]);
  const edge = open({ setting: { policies } });
  edge.greet();
  await edge.send('EHLO a.example\r\n');
  await edge.send('MAIL FROM:<a@a.example>\r\nRCPT TO:<b@here.example>\r\n');
  assert.equal(await edge.send('RCPT TO:<c@here.example>\r\n'), '452 4.5.3 Too many recipients\r\n');
  assert.deepEqual(rulesOf(edge), ['limits/other-policy']);
  assert.equal(
    codes(await edge.send('RSET\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<c@here.example>\r\n')),
    '250 250 250',
  );
});

test('faults add up until the line is cut', async () => {
  const edge = open({ limits: { faults: 3 } });
  edge.greet();
  assert.equal(codes(await edge.send('A\r\n')), '500');
  assert.equal(codes(await edge.send('B\r\nC\r\nD\r\n')), '500 421');
  assert.ok(edge.ended);
});

test('a message beyond the limit is read to its end, refused, and the session goes on', async () => {
  const edge = open({ limits: { messageSize: 100 } });
  edge.greet();
  await edge.send('EHLO a.example\r\n');
  await edge.send('MAIL FROM:<a@a.example>\r\nRCPT TO:<b@here.example>\r\nDATA\r\n');
  assert.equal(codes(await edge.send(`${'x'.repeat(150)}\r\n.\r\nNOOP\r\n`)), '552 250');
  assert.equal(edge.handed.length, 0);
});

const upstreams: readonly (readonly [HandOn, string])[] = [
  [{ kind: 'refused', code: 550, status: '5.1.1', detail: 'Postfix says no' }, '550 5.7.1 Message refused\r\n'],
  [{ kind: 'refused', code: 452, status: null, detail: 'full' }, '452 4.3.2 Try again later\r\n'],
  [{ kind: 'unavailable', detail: 'down' }, '451 4.3.2 Try again later\r\n'],
];
for (const [answer, expected] of upstreams) {
  test(`${answer.kind} upstream is told in our words: ${expected.trim()}`, async () => {
    const edge = open({ answer });
    edge.greet();
    await edge.send('EHLO a.example\r\n');
    await edge.send('MAIL FROM:<a@a.example>\r\nRCPT TO:<b@here.example>\r\nDATA\r\n');
    assert.equal(await edge.send('a: b\r\n\r\nx\r\n.\r\n'), expected);
  });
}

const trap: EdgeRule = {
  id: 'edge/trap',
  severity: 'medium',
  title: 't',
  why: 'w',
  remedy: [{ platform: '*', text: 'r' }],
  references: ['RFC 5321'],
  threat: 'attack/engine',
  action: 'refuse',
  reply: { code: 554, status: '5.7.1', text: 'Refused' },
};

test('a filter that recognises has its own words said, and the next transaction begins clean', async () => {
  const filter: OpenFilter = {
    rcpt: ({ recipient }) => (recipient.mailbox.local === 'trap' ? { rule: trap, because: 'a trap' } : undefined),
  };
  const edge = open({ filters: [filter] });
  edge.greet();
  await edge.send('EHLO a.example\r\n');
  assert.equal(
    await edge.send('MAIL FROM:<a@a.example>\r\nRCPT TO:<trap@here.example>\r\nRCPT TO:<b@here.example>\r\n'),
    '250 2.1.0 Sender ok\r\n554 5.7.1 Refused\r\n250 2.1.5 Recipient ok\r\n',
  );
});

test('a fault of a filter costs one message, not the session', async () => {
  const filter: OpenFilter = { message: () => Promise.reject(new Error('ours')) };
  const edge = open({ filters: [filter] });
  edge.greet();
  await edge.send('EHLO a.example\r\n');
  await edge.send('MAIL FROM:<a@a.example>\r\nRCPT TO:<b@here.example>\r\nDATA\r\n');
  assert.equal(codes(await edge.send('x\r\n.\r\nNOOP\r\n')), '451 250');
});

test('messages that together are more than the room for all wait outside, and what ends makes room again', async () => {
  const room = createRoom(() => 1_000);
  const [first, second] = [open({ setting: { room } }), open({ setting: { room } })];
  for (const edge of [first, second]) {
    edge.greet();
    await edge.send('EHLO a.example\r\n');
  }
  const begin = (edge: typeof first) => edge.send('MAIL FROM:<a@a.example>\r\nRCPT TO:<b@here.example>\r\nDATA\r\n');
  const half = `${'x'.repeat(600)}\r\n`;
  await begin(first);
  await first.send(half);
  await begin(second);
  assert.equal(await second.send(`${half}.\r\n`), '452 4.3.1 Try again later\r\n');
  assert.equal(codes(await first.send('.\r\n')), '250');
  await begin(second);
  assert.equal(codes(await second.send(`${half}.\r\n`)), '250');
  await begin(first);
  await first.send(half);
  first.session.closed('by-peer');
  await begin(second);
  assert.equal(codes(await second.send(`${half}.\r\n`)), '250');
  assert.deepEqual(
    second.events.flatMap((event) => (event.kind === 'fault' ? event.rule.id : [])),
    ['limits/memory'],
  );
});
