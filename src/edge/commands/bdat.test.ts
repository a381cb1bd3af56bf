/** CHUNKING, where it is switched on: octets are counted exactly, and the message is judged as one that came by DATA. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { codes, openSession, type SessionWish } from '../../../test/harness/edge-session.ts';

const ON = { chunking: true, smtpUtf8: true, dsn: true, requireTls: true };
const ENVELOPE = 'MAIL FROM:<a@a.example>\r\nRCPT TO:<b@here.example>\r\n';

async function begun(wish: SessionWish = {}) {
  const edge = openSession({ ...wish, options: { extensions: ON, ...wish.options } });
  edge.greet();
  await edge.send('EHLO a.example\r\n');
  return edge;
}

test('it is offered where it is on', async () => {
  const edge = await begun();
  assert.match(await edge.send('EHLO a.example\r\n'), /^250-CHUNKING\r\n/m);
  const off = openSession();
  off.greet();
  assert.doesNotMatch(await off.send('EHLO a.example\r\n'), /CHUNKING/);
});

test('a letter in chunks is the letter, dots and all, whatever the packets', async () => {
  const edge = await begun();
  const said = await edge.send(
    `${ENVELOPE}BDAT 12\r\nSubject: x\r\nBDAT 4\r\n\r\n.\rBDAT 0\r\nBDAT 12 LAST\r\n\n..\r\nlast\r\n.NOOP\r\n`,
  );
  assert.equal(codes(said), '250 250 250 250 250 250 250');
  assert.equal(edge.handed[0]?.text, 'Subject: x\r\n\r\n.\r\n..\r\nlast\r\n.\r\n');
  assert.equal(edge.handed[0]?.wire, 'Subject: x\r\n\r\n..\r\n...\r\nlast\r\n..\r\n');
});

test('an error between two chunks ends their message: the peer has lost count', async () => {
  const edge = await begun();
  const miscounted = 'BDAT 11\r\nSubject: xy\r\nBDAT 5 LAST\r\n\r\nz\r\n';
  await edge.send(`${ENVELOPE}${miscounted}`);
  assert.equal(codes(await edge.send('BDAT 14 LAST\r\nSubject: x\r\n\r\n')), '503');
  assert.equal(edge.handed.length, 0);
});

test('a message whose first chunk was refused is not taken without it', async () => {
  const edge = await begun();
  const ahead = 'BDAT 12\r\nSubject: x\r\nRCPT TO:<b@here.example>\r\nBDAT 5 LAST\r\n\r\ny\r\n';
  assert.equal(codes(await edge.send(`MAIL FROM:<a@a.example>\r\n${ahead}`)), '250 554 503 503');
  assert.equal(edge.handed.length, 0);
  assert.equal(codes(await edge.send(`${ENVELOPE}BDAT 9 LAST\r\na: b\r\n\r\ny`)), '250 250 250');
});

test('chunks of any size in packets of any size make the same message as DATA', async () => {
  const line = fc.string({ unit: fc.constantFrom('.', 'a', ' ', 'é', '..'), maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(20), { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
      async (lines, sizes, packets) => {
        const text = Buffer.from(`a: b\r\n\r\n${lines.map((one) => `${one}\r\n`).join('')}`, 'latin1').toString(
          'latin1',
        );
        let sent = ENVELOPE;
        let from = 0;
        for (const size of sizes) {
          const chunk = text.slice(from, from + size);
          sent += `BDAT ${chunk.length}\r\n${chunk}`;
          from += chunk.length;
        }
        sent += `BDAT ${text.length - from} LAST\r\n${text.slice(from)}`;
        const edge = await begun();
        for (let at = 0, turn = 0; at < sent.length; turn++) {
          const length = packets[turn % packets.length] as number;
          await edge.send(sent.slice(at, at + length));
          at += length;
        }
        assert.deepEqual(
          edge.handed.map((mail) => mail.text),
          [text],
        );
      },
    ),
    { numRuns: 60 },
  );
});

test('a last line without its end gets one', async () => {
  const edge = await begun();
  await edge.send(`${ENVELOPE}BDAT 9 LAST\r\na: b\r\n\r\nx`);
  assert.equal(edge.handed[0]?.text, 'a: b\r\n\r\nx\r\n');
});

for (const [what, chunks] of [
  ['a bare LF', ['a: b\r\n\r\n\n.\n']],
  ['a CR and an LF that two chunks make of it, with a CR before', ['a: b\r\n\r\nx\r', '\r\ny\r\n']],
  ['a CR at the end of all', ['a: b\r\n\r\nx\r']],
  ['an LF at the begin of a chunk', ['a: b\r\n\r\nx', '\ny\r\n']],
  ['a NUL', ['a: b\r\n\r\n\0\r\n']],
] as const) {
  test(`${what} is refused once all has come`, async () => {
    const edge = await begun();
    let said = await edge.send(ENVELOPE);
    for (const [at, chunk] of chunks.entries())
      said = await edge.send(`BDAT ${chunk.length}${at === chunks.length - 1 ? ' LAST' : ''}\r\n${chunk}`);
    assert.equal(codes(said), '550');
    assert.ok(edge.ended);
    assert.equal(edge.handed.length, 0);
  });
}

test('CRLF.CRLF inside a chunk is text', async () => {
  const edge = await begun();
  const text = 'a: b\r\n\r\none\r\n.\r\nMAIL FROM:<ceo@here.example>\r\n';
  assert.equal(codes(await edge.send(`${ENVELOPE}BDAT ${text.length} LAST\r\n${text}`)), '250 250 250');
  assert.deepEqual(
    edge.handed.map((mail) => mail.text),
    [text],
  );
});

for (const size of [
  '',
  '-1',
  '+5',
  '0x5',
  '5 last!',
  '5 LAST LAST',
  '5  LAST',
  '5LAST',
  '1e3',
  '5.0',
  '184467440737095516160000',
  'LAST',
]) {
  test(`a size of ${JSON.stringify(size)} ends the session`, async () => {
    const edge = await begun();
    assert.equal(codes(await edge.send(`${ENVELOPE}BDAT ${size}\r\nhallo`)), '250 250 501');
    assert.ok(edge.ended);
  });
}

test('a chunk beyond all bounds is not waited for', async () => {
  const edge = await begun({ limits: { messageSize: 1_000 } });
  assert.equal(codes(await edge.send(`${ENVELOPE}BDAT 18446744073709551616 LAST\r\n`)), '250 250 552');
  assert.ok(edge.ended);
});

test('chunks that are too much together are taken off the line, refused, and the session goes on', async () => {
  const edge = await begun({ limits: { messageSize: 1_000 } });
  const chunk = 'x'.repeat(600);
  assert.equal(
    codes(await edge.send(`${ENVELOPE}BDAT 600\r\n${chunk}BDAT 600\r\n${chunk}BDAT 600 LAST\r\n${chunk}NOOP\r\n`)),
    '250 250 250 552 503 250',
  );
  assert.equal(edge.handed.length, 0);
});

test('chunks for which there is no room are taken off the line, and the sender comes again', async () => {
  const edge = await begun({ limits: { memory: 1_000 } });
  const chunk = 'x'.repeat(600);
  assert.equal(
    codes(await edge.send(`${ENVELOPE}BDAT 600\r\n${chunk}BDAT 600 LAST\r\n${chunk}NOOP\r\n`)),
    '250 250 250 452 250',
  );
  assert.equal(edge.handed.length, 0);
});

test('octets of a chunk that leads nowhere are no commands', async () => {
  const edge = await begun();
  assert.equal(codes(await edge.send('BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n')), '503 250');
  assert.equal(codes(await edge.send('MAIL FROM:<a@a.example>\r\nBDAT 6\r\nQUIT\r\nNOOP\r\n')), '250 554 250');
});

test('a message is by DATA or in chunks, LAST comes once, and RSET forgets what came', async () => {
  const edge = await begun();
  assert.equal(codes(await edge.send(`${ENVELOPE}BDAT 3\r\na: `)), '250 250 250');
  assert.equal(codes(await edge.send('DATA\r\n')), '503');
  assert.equal(codes(await edge.send('RCPT TO:<c@here.example>\r\n')), '503');
  assert.equal(codes(await edge.send('BDAT 1 LAST\r\nb')), '503');
  assert.equal(codes(await edge.send(`RSET\r\n${ENVELOPE}BDAT 6 LAST\r\nc: d\r\n`)), '250 250 250 250');
  assert.equal(edge.handed[0]?.text, 'c: d\r\n');
  assert.equal(codes(await edge.send('BDAT 6 LAST\r\ne: f\r\n')), '503');
  assert.equal(edge.handed.length, 1);
});

test('a line that is gone in the middle of a chunk hands nothing on', async () => {
  const edge = await begun();
  await edge.send(`${ENVELOPE}BDAT 100 LAST\r\na: b\r\n\r\n`);
  edge.session.closed('by-peer');
  assert.equal(edge.handed.length, 0);
});
