/** An upstream that fails at each step in each way: the peer hears a code that keeps the mail safe, in our words, and in time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { send } from '../harness/client.ts';
import { until } from '../harness/dialogue.ts';
import { type RunningEdge, startEdge, withEdge } from '../harness/edge.ts';
import { mailSink, type SinkAnswer } from '../harness/mail-sink.ts';

const STEPS = { MAIL: /^MAIL/, RCPT: /^RCPT/, DATA: /^DATA$/, 'the final dot': /^\.$/ };
const WAYS: readonly (readonly [what: string, answer: SinkAnswer, code: string])[] = [
  ['says later', '451 4.3.0 inner words', '451'],
  ['says it closes', '421 4.3.2 inner words', '451'],
  ['is full', '452 4.3.1 inner words', '452'],
  ['refuses', '554 5.7.1 inner words', '554'],
  ['hangs up', 'close', '451'],
  ['is silent', 'silence', '451'],
  ['sends half an answer', '250-inner words', '451'],
  ['sends what is no answer', 'inner words', '451'],
  ['answers with a bare CR', '250 inner\rwords', '451'],
];

async function tryOnce(edge: RunningEdge, subject: string): Promise<string> {
  const replies = await send(edge, 'a@sender.test', ['alice@example.test'], `Subject: ${subject}\n\nx`);
  return replies.slice(2).find((line) => !/^[23]/.test(line)) ?? replies.at(-1) ?? '';
}

test('an upstream that fails at a step in a way is answered for, and nothing is acknowledged that it has not', async (t) => {
  let fault: { readonly at: RegExp; readonly answer: SinkAnswer } | null = null;
  await using sink = await mailSink({ answer: (line) => (fault?.at.test(line) ? fault.answer : undefined) });
  const edge = await startEdge({
    upstream: `127.0.0.1:${sink.port}`,
    config: 'exempt: [127.0.0.0/8]\nrecipients: { ask: false }\nlimits: { answerTimeout: 3s }',
  });
  try {
    for (const [step, at] of Object.entries(STEPS)) {
      for (const [what, answer, code] of WAYS) {
        await t.test(`at ${step} it ${what}: ${code}`, async () => {
          fault = { at, answer };
          const before = sink.mails.length;
          const began = performance.now();
          const told = await tryOnce(edge, what);
          assert.equal(told.slice(0, 3), code);
          assert.doesNotMatch(told, /inner/, 'its words stay inside');
          assert.ok(performance.now() - began < 6_000, 'in time');
          // What begins as a yes may have been meant: it is not taken for one, and the price is a double.
          const kept = step === 'the final dot' && answer.startsWith('250') ? 1 : 0;
          assert.equal(sink.mails.length, before + kept);
          fault = null;
          await until(async () => (await tryOnce(edge, 'well again')).startsWith('250'), 20_000);
        });
      }
    }
  } finally {
    await edge.stop();
  }
});

test('an upstream that takes connections and answers nothing is known to be down after a few, so that MAIL is put off at once', async () => {
  let silent = true;
  await using sink = await mailSink({ answer: (line) => (silent && /^MAIL/.test(line) ? 'silence' : undefined) });
  const config = 'exempt: [127.0.0.0/8]\nrecipients: { ask: false }\nlimits: { answerTimeout: 2s }';
  await withEdge({ upstream: `127.0.0.1:${sink.port}`, config }, async (edge) => {
    const first = await Promise.all(Array.from({ length: 5 }, () => tryOnce(edge, 'silence')));
    assert.ok(first.every((told) => told.startsWith('451')));
    await until(() => edge.said.includes('is down: no answer in time'), 10_000);
    silent = false;
    await until(async () => (await tryOnce(edge, 'well again')).startsWith('250'), 20_000);
  });
});

test('while one of two is silent, mail goes to the other within the same transaction', async () => {
  await using silent = await mailSink({ answer: (line) => (/^MAIL/.test(line) ? 'silence' : undefined) });
  await using well = await mailSink();
  const config = 'exempt: [127.0.0.0/8]\nrecipients: { ask: false }\nlimits: { answerTimeout: 9s }';
  const upstream = `[{ to: "127.0.0.1:${silent.port}", weight: 9 }, "127.0.0.1:${well.port}"]`;
  await withEdge({ upstream, config }, async (edge) => {
    assert.match(await tryOnce(edge, 'over there'), /^250 /);
    assert.equal(well.mails.length, 1);
  });
});
