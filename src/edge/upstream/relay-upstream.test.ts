import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../../test/harness/fake-clock.ts';
import type { RecipientAnswer, UpstreamResult, UpstreamTransaction } from '../../net/upstream-transaction.ts';
import { memoryCounters } from '../../store/counters-memory.ts';
import { EdgeMessage } from '../message/message.ts';
import type { Envelope, EnvelopeParameters, Recipient } from '../stage.ts';
import { mixedAnswers } from './mixed-answers.ts';
import { type Relay, relayUpstream } from './relay-upstream.ts';
import { answerTo } from './upstream.ts';

const recipient = (address: string): Recipient => {
  const [local = '', domain = ''] = address.split('@');
  return { mailbox: { local, domain }, notify: null, orcpt: null };
};
const PLAIN: EnvelopeParameters = {
  size: null,
  body: null,
  smtpUtf8: false,
  requireTls: false,
  ret: null,
  envid: null,
};
const envelope = (parameters: Partial<EnvelopeParameters> = {}): Envelope => ({
  sender: { local: 'a', domain: 'sender.test' },
  parameters: { ...PLAIN, ...parameters },
});
const message = (text: string): EdgeMessage => {
  const made = new EdgeMessage();
  made.take(Buffer.from(`${text}\r\n.\r\n`), true);
  return made;
};
const peer = {
  address: '192.0.2.9',
  port: 4000,
  to: { address: '192.0.2.1', port: 25 },
  exempt: false,
  inside: false,
};

const said = (outcome: RecipientAnswer['outcome'], code: number): RecipientAnswer => ({
  outcome,
  code,
  status: null,
  text: 'as they say',
});
const TOOK = said('accepted', 250);

/** An upstream of one relay or more, which answer by a function, and what they were handed: paths of recipients. */
function upstreamOf(
  answer: (path: string) => RecipientAnswer | UpstreamResult,
  more: { relays?: Readonly<Record<string, Partial<Relay>>> } = {},
) {
  const handed: UpstreamTransaction[] = [];
  const make = (given: Partial<Relay>): Relay => ({
    available: true,
    offer: { size: null, words: new Set(['8BITMIME', 'DSN', 'SMTPUTF8']) },
    close: () => undefined,
    async handOn(transaction) {
      handed.push(transaction);
      const answers = transaction.recipients.map(({ path }) => answer(path.slice(4, -1)));
      const whole = answers.find((one) => 'kind' in one);
      return whole ?? { kind: 'answered', recipients: answers as RecipientAnswer[] };
    },
    ...given,
  });
  const relays = new Map(Object.entries(more.relays ?? { '*': {} }).map(([domain, given]) => [domain, make(given)]));
  const all = [...relays.values()];
  const routes = { all, of: (domain: string) => relays.get(domain) ?? (all[0] as Relay) };
  const upstream = relayUpstream(routes, mixedAnswers(memoryCounters(), createFakeClock()));

  /** Sends as a peer does: who is not taken at RCPT is left out. Tells the codes of RCPT and of the message. */
  async function send(
    to: readonly string[],
    wish: { text?: string; wanted?: boolean; parameters?: Partial<EnvelopeParameters> } = {},
  ) {
    const from = envelope(wish.parameters);
    const accepted: Recipient[] = [];
    const codes = to.map((address) => {
      const objection = upstream.consider?.(from, accepted, recipient(address)) ?? null;
      if (objection === null) accepted.push(recipient(address));
      return objection?.code ?? 250;
    });
    const [first, ...others] = accepted;
    if (first === undefined) return codes;
    const result = await upstream.handOn({
      envelope: from,
      recipients: [first, ...others],
      peer,
      hello: { name: 'client.test', extended: true, tls: null },
      trace: 'Received: x\r\n',
      message: message(wish.text ?? 'Subject: one\r\n\r\nx'),
      deadline: 1_000,
      wanted: () => wish.wanted ?? true,
    });
    return [...codes, answerTo(result).code];
  }
  const copies = () => handed.map(({ recipients }) => recipients.map(({ path }) => path.slice(4, path.indexOf('@'))));
  return { upstream, handed, send, copies };
}

const A = 'a@x.test';
const B = 'b@x.test';
const C = 'c@x.test';

test('of mixed answers the peer keeps the message; when it comes again, each gets its own answer and nobody a second copy', async () => {
  let full = true;
  const { send, copies } = upstreamOf((path) => {
    if (path === B) return full ? said('refused', 452) : TOOK;
    return path === C ? said('refused', 550) : TOOK;
  });
  assert.deepEqual(await send([A, B, C]), [250, 250, 250, 452]);
  assert.deepEqual(await send([A, B, C]), [250, 452, 452, 250], 'a has it, and hears so');
  assert.deepEqual(await send([B, C]), [250, 452, 452]);
  assert.deepEqual(await send([C]), [250, 550]);
  full = false;
  assert.deepEqual(await send([B]), [250, 250]);
  assert.deepEqual(copies(), [['a', 'b', 'c'], ['b'], ['c'], ['b']]);
});

test('another message of the same sender is another message, though those two come apart for a while', async () => {
  const { send, copies } = upstreamOf((path) => (path === B ? said('refused', 552) : TOOK));
  assert.deepEqual(await send([A, B]), [250, 250, 451]);
  assert.deepEqual(await send([A, B], { text: 'Subject: two\r\n\r\ny' }), [250, 452, 250]);
  assert.deepEqual(copies(), [['a', 'b'], ['a']]);
});

test('when all refuse for good the answer is that, and when nothing was sent because of one they come apart', async () => {
  const all = upstreamOf(() => said('refused', 550));
  assert.deepEqual(await all.send([A, B]), [250, 250, 550]);
  const one = upstreamOf((path) => (path === B ? said('refused', 550) : said('withheld', 250)));
  assert.deepEqual(await one.send([A, B]), [250, 250, 451]);
  assert.deepEqual(await one.send([A, B]).then((codes) => codes.slice(0, 2)), [250, 452]);
});

test('a recipient that was not answered for is tried again, and those that were are not', async () => {
  let dead = true;
  const { send, copies } = upstreamOf((path) => (path === B && dead ? said('unknown', 451) : TOOK));
  assert.deepEqual(await send([A, B]), [250, 250, 451]);
  dead = false;
  assert.deepEqual(await send([A, B]), [250, 250, 250]);
  assert.deepEqual(copies(), [['a', 'b'], ['b']]);
});

test('a peer that went away before it heard "taken" is not given a second copy of the same message', async () => {
  const { send, copies } = upstreamOf(() => TOOK);
  await send([A], { wanted: false });
  assert.deepEqual(await send([A]), [250, 250]);
  assert.deepEqual(await send([A], { text: 'Subject: two\r\n\r\ny' }), [250, 250]);
  assert.deepEqual(copies(), [['a'], ['a']]);
});

test('a refusal for good of the last is not said while others of the transaction had it before', async () => {
  let word = said('unknown', 451);
  const { send, copies } = upstreamOf((path) => (path === B ? word : TOOK));
  assert.deepEqual(await send([A, B]), [250, 250, 451]);
  word = said('refused', 550);
  assert.deepEqual(await send([A, B]), [250, 250, 451]);
  assert.deepEqual(await send([A, B]), [250, 452, 250]);
  assert.deepEqual(await send([B]), [250, 550]);
  assert.deepEqual(copies(), [['a', 'b'], ['b'], ['b']]);
});

test('recipients of two routes come one route at a time; one whose servers are down is put off alone', async () => {
  const relays = { 'x.test': {}, 'y.test': {}, 'z.test': { available: false } };
  const { send, upstream } = upstreamOf(() => TOOK, { relays });
  assert.deepEqual(await send([A, 'b@y.test', B]), [250, 452, 250, 250]);
  assert.deepEqual(await send(['c@z.test', A]), [451, 250, 250]);
  assert.equal(upstream.available, true);
});

test('a recipient that goes on in another form goes the way of that form, and is remembered by the one it came in', async () => {
  const { upstream, handed } = upstreamOf(() => TOOK, { relays: { 'x.test': {}, 'in.test': {} } });
  const moved = { ...recipient(B), onward: { local: 'b', domain: 'in.test' } };
  assert.equal(upstream.consider?.(envelope(), [recipient(A)], moved)?.code, 452);
  assert.equal(upstream.consider?.(envelope(), [recipient('c@in.test')], moved), null);
  const request = {
    envelope: envelope(),
    recipients: [moved] as const,
    peer,
    hello: { name: 'client.test', extended: true, tls: null },
    trace: '',
    message: message('x'),
    deadline: 1_000,
    wanted: () => false,
  };
  await upstream.handOn(request);
  await upstream.handOn({ ...request, recipients: [{ ...moved, onward: { local: 'z', domain: 'in.test' } }] });
  assert.deepEqual(
    handed.map(({ recipients }) => recipients.map(({ path }) => path)),
    [['TO:<b@in.test>']],
    'the second time it has it already',
  );
});

test('what a route cannot take is refused at RCPT, where that is known', async () => {
  const words = new Set(['DSN']);
  const { send, upstream } = upstreamOf(() => TOOK, { relays: { '*': { offer: { size: 1_000, words } } } });
  assert.deepEqual(await send([A], { parameters: { size: 1_001 } }), [552]);
  assert.deepEqual(await send([A], { parameters: { smtpUtf8: true } }), [553]);
  assert.deepEqual(await send([A], { parameters: { requireTls: true } }), [550]);
  assert.deepEqual([upstream.size, upstream.offers('DSN'), upstream.offers('SMTPUTF8')], [1_000, true, false]);
});

const lacking: readonly (readonly [extension: string, status: string])[] = [
  ['8BITMIME', '5.6.3'],
  ['SMTPUTF8', '5.6.7'],
  ['REQUIRETLS', '5.7.30'],
];
for (const [extension, status] of lacking) {
  test(`a server found without ${extension} has the message refused for good, as ${status}`, async () => {
    const { upstream } = upstreamOf(() => ({ kind: 'lacking', extension }));
    const result = await upstream.handOn({
      envelope: envelope(),
      recipients: [recipient(A)],
      peer,
      hello: { name: 'client.test', extended: true, tls: null },
      trace: '',
      message: message('x'),
      deadline: 1_000,
      wanted: () => true,
    });
    assert.equal(answerTo(result).status, status);
  });
}

test('8BITMIME is asked for by what the message holds; a declaration that nothing asks for may be left out', async () => {
  const { send, handed } = upstreamOf(() => TOOK);
  await send([A], { text: 'Subject: x\r\n\r\n\u00fc' });
  await send([A], { parameters: { body: '8BITMIME' } });
  await send([A]);
  assert.deepEqual(
    handed.map(({ senderExtras }) => senderExtras.map(({ text, needed }) => `${text} ${needed}`)),
    [['BODY=8BITMIME true'], ['BODY=8BITMIME false'], []],
  );
});
