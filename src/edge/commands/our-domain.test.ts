import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterBench } from '../../../test/harness/edge-filter.ts';
import { codes, openSession } from '../../../test/harness/edge-session.ts';
import { ownDomain } from '../filters/own-domain.ts';

const DOMAINS = new Set(['xn--bcher-kva.example', 'here.example']);
const OURS = Buffer.from('bücher.example').toString('latin1');
const LOOKALIKE = Buffer.from('büche.example').toString('latin1');

test('a domain of ours is ours in either script, and goes on by the name that the server knows', async () => {
  const { greet, send, handed, events } = openSession({
    options: { domains: DOMAINS },
    filters: [filterBench(ownDomain).open()],
  });
  greet();
  await send('EHLO c.example\r\n');
  assert.equal(codes(await send(`MAIL FROM:<a@${LOOKALIKE}> SMTPUTF8\r\n`)), '250');
  assert.equal(codes(await send(`RCPT TO:<j\u00c3\u00b6rg@${OURS}>\r\nRCPT TO:<a@${LOOKALIKE}>\r\n`)), '250 550');
  await send('DATA\r\n');
  await send('Subject: x\r\n\r\nx\r\n.\r\n');
  const [{ request }] = handed as [(typeof handed)[number]];
  assert.deepEqual(request.recipients[0].mailbox, { local: 'j\u00c3\u00b6rg', domain: 'xn--bcher-kva.example' });
  assert.equal(request.envelope.sender?.domain, LOOKALIKE, 'of others nothing changes');
  assert.ok(!events.some((event) => event.kind === 'hit'));
});

test('a stranger in the name of a domain of ours is seen in either script', async () => {
  const bench = filterBench(ownDomain);
  const open = ownDomain.prepare({ ...bench.tools, options: { ...bench.tools.options, domains: DOMAINS } });
  const { greet, send, events } = openSession({ options: { domains: DOMAINS }, filters: [open?.() ?? {}] });
  greet();
  await send('EHLO c.example\r\n');
  await send(`MAIL FROM:<a@${OURS}> SMTPUTF8\r\n`);
  assert.deepEqual(
    events.flatMap((event) => (event.kind === 'hit' ? [event.hit.rule.id] : [])),
    ['sender/own-domain'],
  );
});
