/** Addresses of the inside and the outside in dialogues: who hears which form, who is asked about which, and what the log tells. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterBench } from '../../../test/harness/edge-filter.ts';
import { codes, openSession } from '../../../test/harness/edge-session.ts';
import { DEFAULT_CONTROLS } from '../controls.ts';
import { prepareRewrites } from '../envelope/rewrite.ts';
import type { EdgeEvent } from '../event.ts';
import { recipientShield } from '../filters/recipient-shield.ts';
import { NO_REWRITE, type RewriteOptions } from '../options.ts';
import { transactionOf } from '../upstream/relay-upstream.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { rewrites } from './index.ts';

const rewrite: RewriteOptions = {
  ...NO_REWRITE,
  outbound: {
    addresses: new Map([['bob@corp.local', { local: 'robert', domain: 'here.example' }]]),
    domains: new Map([['corp.local', 'here.example']]),
    below: new Map(),
  },
  inbound: {
    addresses: new Map([['robert@here.example', { local: 'bob', domain: 'corp.local' }]]),
    domains: new Map([['here.example', 'corp.local']]),
    below: new Map(),
  },
};

interface Wish {
  readonly inside?: boolean;
  readonly outbound?: Upstream;
  /** Known recipients. */
  readonly list?: readonly string[];
  /** Addresses that the upstream knows. */
  readonly known?: readonly string[];
}

/** A session of an edge with the maps above; `heard` is what the upstream would be told of the last message. */
async function open({ inside = false, outbound, list, known = [] }: Wish = {}) {
  const controls = {
    ...DEFAULT_CONTROLS,
    recipients: { ...DEFAULT_CONTROLS.recipients, list: list === undefined ? null : new Set(list) },
  };
  const bench = filterBench(recipientShield, {
    controls: { recipients: { ...controls.recipients, ask: list === undefined } },
    word: (address) => (known.includes(address) ? 'taken' : 'refused'),
  });
  const options = { ...bench.tools.options, rewrite };
  const opened = openSession({
    options: { rewrite },
    filters: inside ? [] : [bench.open()],
    setting: {
      outbound: outbound ?? null,
      rewrites: prepareRewrites(rewrites, { ...bench.tools, options }),
      peer: { address: '192.0.2.9', port: 1, to: { address: '192.0.2.1', port: 25 }, exempt: false, inside },
    },
  });
  opened.greet();
  await opened.send('EHLO client.example\r\n');
  return {
    asked: bench.asked,
    say: opened.send,
    async write(from: string, to: readonly string[]) {
      const said = await opened.send(`MAIL FROM:${from}\r\n`);
      let all = said;
      for (const path of to) all += await opened.send(`RCPT TO:${path}\r\n`);
      all += await opened.send('DATA\r\n');
      all += await opened.send('Subject: x\r\n\r\nx\r\n.\r\n');
      assert.doesNotMatch(all, /corp\.local/, 'no reply names the inside');
      return codes(all);
    },
    heard() {
      const request = opened.handed.at(-1)?.request;
      assert.ok(request);
      const { sender, recipients } = transactionOf(request, request.recipients);
      return [sender, ...recipients.map(({ path, extras }) => [path, ...extras.map(({ text }) => text)].join(' '))];
    },
    onward: () =>
      opened.events.find((event): event is Extract<EdgeEvent, { kind: 'message' }> => event.kind === 'message')?.onward,
  };
}

test('recipients of mail that comes in go on by their inside form, with the other as ORCPT; its sender is the outside’s', async () => {
  const { write, heard, onward, asked } = await open({ known: ['bob@corp.local', 'Anna@corp.local'] });
  assert.equal(
    await write('<bob@corp.local>', ['<ROBERT@Here.example>', '<Anna@here.example> ORCPT=rfc822;first@z.example']),
    '250 250 250 354 250',
  );
  assert.deepEqual(heard(), [
    'FROM:<bob@corp.local>',
    'TO:<bob@corp.local> ORCPT=rfc822;ROBERT@here.example',
    'TO:<Anna@corp.local> ORCPT=rfc822;first@z.example',
  ]);
  assert.deepEqual(onward(), { recipients: ['bob@corp.local', 'Anna@corp.local'] });
  assert.deepEqual(
    asked.filter((address) => !address.startsWith('nobody-')),
    ['bob@corp.local', 'Anna@corp.local'],
  );
});

test('a recipient that the inside does not know, and a stranger who writes to an inside form, are refused in neutral words', async () => {
  const { write } = await open({ known: ['bob@corp.local'] });
  assert.match(await write('<a@x.example>', ['<nobody@here.example>', '<bob@corp.local>']), /^250 550 550 554 /);
});

test('a list of recipients may hold either form', async () => {
  for (const listed of ['robert@here.example', 'bob@corp.local']) {
    const { write } = await open({ list: [listed] });
    assert.equal(await write('<>', ['<robert@here.example>']), '250 250 354 250');
  }
  const { write } = await open({ list: ['bob@corp.local'] });
  assert.match(await write('<a@x.example>', ['<anna@here.example>']), /^250 550 /);
});

const way = { available: true } as Upstream;

test('mail that goes out has its sender and recipients changed, an ORCPT that tells of the inside too, and gains none', async () => {
  let request: Parameters<Upstream['handOn']>[0] | undefined;
  const outbound: Upstream = {
    ...way,
    size: null,
    offers: () => true,
    close: async () => undefined,
    handOn: async (given) => {
      request = given;
      return { kind: 'accepted', detail: '' };
    },
  };
  const { write, onward } = await open({ inside: true, outbound });
  const to = ['<x@y.example> ORCPT=rfc822;bob+2Blist@corp.local', '<anna@corp.local>', '<robert@here.example>'];
  assert.equal(await write('<bob@corp.local>', to), '250 250 250 250 354 250');
  assert.ok(request);
  const { sender, recipients } = transactionOf(request, request.recipients);
  assert.deepEqual(
    [sender, ...recipients.map(({ path, extras }) => [path, ...extras.map(({ text }) => text)].join(' '))],
    [
      'FROM:<robert@here.example>',
      'TO:<x@y.example> ORCPT=rfc822;robert+2Blist@here.example',
      'TO:<anna@here.example>',
      'TO:<robert@here.example>',
    ],
  );
  assert.deepEqual(onward(), {
    sender: 'robert@here.example',
    recipients: ['x@y.example', 'anna@here.example', 'robert@here.example'],
  });
});

test('where mail of the inside goes to the server behind, recipients of ours come in', async () => {
  const { write, heard } = await open({ inside: true });
  await write('<anna@corp.local>', ['<robert@here.example>', '<x@y.example>']);
  assert.deepEqual(heard(), ['FROM:<anna@here.example>', 'TO:<bob@corp.local>', 'TO:<x@y.example>']);
});

test('mail that no line is about is told as it came', async () => {
  const { write, onward } = await open({ inside: true });
  await write('<a@x.example>', ['<x@y.example>']);
  assert.equal(onward(), undefined);
});
