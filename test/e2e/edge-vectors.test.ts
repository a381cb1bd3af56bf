/** Every SMTP vector of the corpus (`MAILWARD_CORPORA`) leaves the edge safe. Without the corpus there is nothing to play. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startEdge } from '../harness/edge.ts';
import { mailSink } from '../harness/mail-sink.ts';
import { type Played, playVector, type Vector } from '../harness/smtp-vector.ts';

const corpora = process.env['MAILWARD_CORPORA'];
const vectors: readonly Vector[] =
  corpora === undefined
    ? []
    : readFileSync(join(corpora, 'smtp', 'vectors.jsonl'), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Vector);

/** Shorter times than anybody would set, so that vectors about time end while the test looks. */
const CONFIG = `
limits: { commandTimeout: 2s, dataTimeout: 2s, dataGrace: 2s, messageSize: 8 MiB }
exempt: [127.0.0.0/8]
`;

if (vectors.length > 0) {
  test(`${vectors.length} vectors leave the edge safe`, { timeout: 600_000 }, async (t) => {
    await using sink = await mailSink();
    const edge = await startEdge({
      upstream: `127.0.0.1:${sink.port}`,
      domains: ['example.com', 'testserver'],
      config: CONFIG,
    });
    try {
      for (const vector of vectors) {
        if (vector.steps.some(({ role }) => role === 'server')) continue;
        await t.test(vector.id, async () => {
          const before = { mails: sink.mails.length, heard: sink.heard.length };
          const played = await playVector(vector, edge.port);
          const mails = sink.mails.slice(before.mails);
          const faults = unsafe(vector, played, mails, sink.heard.slice(before.heard));
          assert.deepEqual(
            faults,
            [],
            JSON.stringify({ expected: vector.expected, replies: played.replies.slice(-6), closed: played.closed }),
          );
        });
      }
      assert.deepEqual(
        (await edge.events()).filter(({ rule }) => rule === 'protocol/own-fault'),
        [],
      );
    } finally {
      assert.equal(await edge.stop(), 0);
    }
  });
}

/** What was not safe, in sentences; none if all was. */
function unsafe(
  vector: Vector,
  played: Played,
  mails: readonly { readonly recipients: readonly string[]; readonly text: string }[],
  heard: readonly string[],
): string[] {
  const faults: string[] = [];
  const fail = (holds: boolean, sentence: string) => {
    if (!holds) faults.push(sentence);
  };
  const text = played.replies.join('\n');
  fail(!/[^\x20-\x7e\n]/.test(text), 'a reply holds a control byte');
  fail(!/mailward|node|postfix|exim|sendmail|exchange/i.test(text), 'a reply names a product');
  fail(!/_sent_|sink\.test|kept/.test(text), 'the words of the upstream came through');
  fail(!mails.some((mail) => /[^\r]\n|^\n|\r(?!\n)|\0/.test(mail.text)), 'a bare CR, LF or NUL was handed on');
  fail(!heard.some((line) => /[\0-\x1f\x7f]/.test(line)), 'a control byte went into a command');
  fail(
    !mails.some(({ recipients }) => recipients.some((to) => !/@(?:example\.com|testserver)$|^postmaster$/i.test(to))),
    'it relayed',
  );
  const ends = vector.steps.filter(({ send }) => send?.includes('\r\n.\r\n')).length;
  if (vector.class === 'smuggling' || vector.class === 'mail-loop')
    fail(mails.length <= Math.max(1, ends), `${mails.length} messages`);
  if (vector.class === 'smuggling')
    fail(!heard.some((line) => /^MAIL FROM:<(?:admin|evil|ceo)@/i.test(line)), 'it acted on a smuggled MAIL');
  const wanted = vector.expected.messages;
  if (wanted === '1') fail(mails.length === 1, `${mails.length} messages`);
  if (wanted === '0 or 1') fail(mails.length <= 1, `${mails.length} messages`);
  const lines = mails[0]?.text.split('\r\n').map((line) => (line.startsWith('.') ? line.slice(1) : line)) ?? [];
  for (const line of vector.expected.body_lines ?? [])
    fail(lines.includes(line), `the line ${JSON.stringify(line)} is gone`);
  if (vector.class !== 'dialogue')
    fail(answersAsWished(vector, played), `answered ${played.replies.at(-1) ?? 'nothing'}`);
  return faults;
}

/** True if the last reply is of a class that the vector names, or the connection was closed, which refuses everything. */
function answersAsWished({ expected }: Vector, { replies, closed }: Played): boolean {
  const wish = expected.reply ?? '';
  const codes = [...wish.matchAll(/(?<![\d.])[2-5]\d\d(?![\d.])/g)].map(([code]) => code);
  const last = replies.at(-1) ?? '';
  // A wish that also names something other than a code is met by the checks above.
  const orWords = wish.split(/;|\bor\b/).some((part) => !/[2-5]\d\d/.test(part));
  if (codes.length === 0 || orWords) return true;
  if (codes.some((code) => code[0] === last[0])) return true;
  return closed && (/clos/.test(wish) || codes.some((code) => /^[45]/.test(code)));
}
