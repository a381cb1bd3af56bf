/** Tags over a session: what leaves with one, what must come back with one, and what the upstream and policy get to see. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterBench } from '../../../test/harness/edge-filter.ts';
import { codes, openSession } from '../../../test/harness/edge-session.ts';
import { makeBounceTag, TAG_LIFE, type TagKeys } from '../../wire/address/bounce-tag.ts';
import { type BounceTagControls, DEFAULT_CONTROLS } from '../controls.ts';
import { nullSender } from '../filters/null-sender.ts';
import { createPolicies, DEFAULT_POLICY } from '../policy.ts';
import { transactionOf } from '../upstream/relay-upstream.ts';
import { prepareRewrites } from './rewrite.ts';

const KEYS: TagKeys = [{ number: 1, secret: 'a secret of this year' }];
const TAGS: BounceTagControls = {
  keys: KEYS,
  domains: new Set(['here.example']),
  plainTo: new Set(['lists.example', 'lists.here.example']),
  letIn: new Set(['postmaster', 'reports@here.example']),
  refuseAt: 'rcpt',
};
const DAY = 86_400_000;

/** A gateway with tags: each call is a session of its own, and all share what is remembered. */
function gateway(tags: BounceTagControls | null = TAGS, settings: Partial<typeof DEFAULT_POLICY> = {}) {
  const controls = { ...DEFAULT_CONTROLS, bounceTags: tags };
  const bench = filterBench(nullSender, { controls });
  const open = (inside: boolean, more: Parameters<typeof openSession>[0] = {}) => {
    const address = inside ? '10.0.0.5' : '192.0.2.9';
    const session = openSession({
      options: { controls, domains: new Set(['here.example', 'lists.here.example']) },
      filters: [bench.open()],
      ...more,
      setting: {
        clock: bench.clock,
        policies: createPolicies({ ...DEFAULT_POLICY, ...settings }),
        peer: { address, port: 1, to: { address, port: 25 }, exempt: false, inside },
        ...more.setting,
      },
    });
    session.greet();
    return session;
  };
  /** What an upstream hears of one message, or what the peer heard instead. */
  const letter = async (
    inside: boolean,
    from: string,
    to: readonly string[],
    more = {},
    { account, text = 'Subject: x' }: { readonly account?: string; readonly text?: string } = {},
  ) => {
    const { send, handed, session } = open(inside, more);
    if (account !== undefined) session.login = { upstream: session.setting.upstream, close: () => undefined };
    await send('EHLO c.example\r\n');
    const said = await send(`MAIL FROM:<${from}>\r\n${to.map((path) => `RCPT TO:<${path}>\r\n`).join('')}DATA\r\n`);
    if (!codes(said).endsWith('354')) return said.split('\r\n')[1] as string;
    const answer = await send(`${text}\r\n\r\nx\r\n.\r\n`);
    if (handed.length === 0) return answer.trimEnd();
    assert.equal(session.envelope, null);
    const [{ request }] = handed as [(typeof handed)[number]];
    const { sender, recipients } = transactionOf(request, request.recipients);
    return [sender, ...recipients.map(({ path }) => path)].join(' ');
  };
  const out = (from: string, to: readonly string[], more = {}, account?: string) =>
    letter(true, from, to, more, account === undefined ? {} : { account });
  const back = (from: string, to: string, more = {}, text?: string) =>
    letter(false, from, [to], more, text === undefined ? {} : { text });
  const today = () => Math.floor(bench.clock.now() / DAY);
  return { ...bench, out, back, today };
}

const REFUSED = '550 5.7.1 No message of this recipient to be returned';
const stamped = (local: string, day: number, keys = KEYS) =>
  `${makeBounceTag(local, 'here.example', keys, day)}@here.example`;

test('a letter leaves with a tag, its bounce comes back to the tag, and the upstream gets the plain address', async () => {
  const { out, back, today } = gateway();
  const tagged = stamped('alice', today());
  assert.equal(await out('alice@here.example', ['you@there.example']), `FROM:<${tagged}> TO:<you@there.example>`);
  assert.equal(await back('', tagged), 'FROM:<> TO:<alice@here.example>');
  assert.equal(await back('', tagged.toLowerCase()), 'FROM:<> TO:<alice@here.example>');
});

test('a bounce to the plain address, to an old tag and to a guessed one is refused', async () => {
  const { back, today } = gateway();
  const guessed = stamped('alice', today(), [{ number: 1, secret: 'a secret of somebody else' }]);
  const nested = 'prvs=1000000000=btv1==1a2b==alice@here.example';
  for (const to of [
    'alice@here.example',
    'ALICE@here.example',
    nested,
    stamped('alice', today() - TAG_LIFE - 1),
    guessed,
  ])
    assert.equal(await back('', to), REFUSED, to);
});

test('a letter to a tagged address is for whom it names, whatever the tag is worth', async () => {
  const { back, today } = gateway();
  for (const to of [stamped('alice', today()), stamped('alice', today() - 100), 'prvs=1000000000=alice@here.example'])
    assert.equal(await back('you@there.example', to), 'FROM:<you@there.example> TO:<alice@here.example>');
});

test('the null sender leaves as it is, and so do tags of others, other domains, what is too long, and mail that stays inside', async () => {
  const { out, today } = gateway();
  const there = ['you@there.example'];
  const long = 'x'.repeat(50);
  for (const sender of [
    '',
    `${stamped('alice', today() - 3)}`,
    'btv1==1a2b==a@here.example',
    'a@other.example',
    `${long}@here.example`,
  ])
    assert.equal(await out(sender, there), `FROM:<${sender}> TO:<you@there.example>`);
  const inside = 'FROM:<alice@here.example> TO:<bob@here.example>';
  assert.equal(await out('alice@here.example', ['bob@here.example']), inside);
  assert.match(await out('alice@here.example', ['bob@here.example', ...there]), /^FROM:<prvs=/);
});

test('what can leave without a tag can be returned without one', async () => {
  const { out, back } = gateway();
  const own = [
    'POSTMASTER@here.example',
    'Reports@here.example',
    'btv1==1a2b==a@here.example',
    'all@lists.here.example',
  ];
  for (const to of [...own, `${'x'.repeat(50)}@here.example`]) assert.equal(await back('', to), `FROM:<> TO:<${to}>`);
  assert.equal(await out('', ['alice@here.example']), 'FROM:<> TO:<alice@here.example>', 'a bounce of our own server');
});

test('who wants to see senders as they are sees them so, and their bounces come back for as long as a tag would be good', async () => {
  const { out, back, clock } = gateway();
  const both = ['all@lists.example', 'you@there.example'];
  const plain = await out('alice@here.example', both);
  assert.equal(plain, 'FROM:<alice@here.example> TO:<all@lists.example> TO:<you@there.example>');
  assert.equal(await back('', 'Alice@here.example'), 'FROM:<> TO:<Alice@here.example>');
  assert.equal(await back('', 'bob@here.example'), REFUSED);
  await clock.advance(TAG_LIFE * DAY);
  assert.equal(await back('', 'alice@here.example'), 'FROM:<> TO:<alice@here.example>');
  await clock.advance(DAY);
  assert.equal(await back('', 'alice@here.example'), REFUSED);
});

test('a stranger who writes in our name opens no way for bounces', async () => {
  const { back } = gateway();
  assert.match(await back('alice@here.example', 'all@lists.here.example'), /^FROM:/);
  assert.equal(await back('', 'alice@here.example'), REFUSED);
});

test('what goes on over the login of its writer has not left yet', async () => {
  const { out } = gateway();
  const there = ['you@there.example'];
  assert.match(await out('alice@here.example', there, {}, 'alice'), /^FROM:<alice@here\.example> /);
  assert.match(await out('alice@here.example', there), /^FROM:<prvs=/);
});

test('the tag is of the address that the outside knows', async () => {
  const { out, back, tools, today } = gateway();
  const rewrites = prepareRewrites(
    [
      {
        name: 'names',
        prepare: () => ({
          outbound: { sender: ({ local }) => ({ local: `${local}.outside`, domain: 'here.example' }) },
          inbound: { recipient: ({ local }) => ({ local: local.replace('.outside', ''), domain: 'corp.example' }) },
        }),
      },
    ],
    tools,
  );
  const said = await out('alice@corp.example', ['you@there.example'], { setting: { rewrites } });
  const inside = await out('alice@corp.example', ['bob@here.example'], { setting: { rewrites } });
  assert.match(inside, /^FROM:<alice\.outside@here\.example> TO:<bob@/);
  const tagged = stamped('alice.outside', today());
  assert.equal(said, `FROM:<${tagged}> TO:<you@there.example>`);
  assert.equal(await back('', tagged, { setting: { rewrites } }), 'FROM:<> TO:<alice@corp.example>');
});

test('where the message is waited for, read receipts are let in, and what claims to be one and is none is not', async () => {
  const { back, today } = gateway({ ...TAGS, refuseAt: 'message' });
  const plain = 'alice@here.example';
  const came = 'FROM:<> TO:<alice@here.example>';
  const typed = (text: string) => back('', plain, {}, `Content-Type: ${text}`);
  assert.equal(await back('', plain), REFUSED);
  assert.equal(await typed('multipart/report; report-type=delivery-status; boundary=b'), REFUSED);
  assert.equal(await typed('text/plain; x="multipart/report; report-type=disposition-notification"'), REFUSED);
  assert.equal(await typed('Multipart/Report;\r\n report-type="disposition-notification";\r\n boundary=b'), came);
  assert.equal(await back('', stamped('alice', today())), came);
  assert.equal(await back('you@there.example', plain), 'FROM:<you@there.example> TO:<alice@here.example>');
});

test('where policy only watches, an untagged bounce is let in', async () => {
  const rules = new Map([['null-sender/untagged', { monitor: true }]]);
  const { back: waited } = gateway({ ...TAGS, refuseAt: 'message' }, { rules });
  assert.equal(await waited('', 'alice@here.example'), 'FROM:<> TO:<alice@here.example>');
  const { back } = gateway(TAGS, { rules });
  assert.equal(await back('', 'alice@here.example'), 'FROM:<> TO:<alice@here.example>');
  assert.equal(await back('', 'prvs=1000000000=alice@here.example'), 'FROM:<> TO:<alice@here.example>');
});

test('policy and lists know a recipient by the plain address', async () => {
  const seen: string[] = [];
  const { today } = gateway();
  const { greet, send } = openSession({
    options: { controls: { ...DEFAULT_CONTROLS, bounceTags: TAGS } },
    filters: [{ rcpt: ({ recipient }) => void seen.push(recipient.mailbox.local) }],
  });
  greet();
  await send('EHLO c.example\r\n');
  await send(`MAIL FROM:<a@b.example>\r\nRCPT TO:<${stamped('alice', today())}>\r\n`);
  assert.deepEqual(seen, ['alice']);
});

test('without keys nothing is tagged, read or asked for', async () => {
  const { out, back, today } = gateway(null);
  const tagged = stamped('alice', today());
  assert.equal(
    await out('alice@here.example', ['you@there.example']),
    'FROM:<alice@here.example> TO:<you@there.example>',
  );
  assert.equal(await back('', tagged), `FROM:<> TO:<${tagged}>`);
  assert.equal(await back('', 'alice@here.example'), 'FROM:<> TO:<alice@here.example>');
});
