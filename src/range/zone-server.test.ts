import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DnsMessage, readMessage, writeQuery } from '../wire/dns/message.ts';
import type { RecordType } from '../wire/dns/record.ts';
import { readZone } from './zone.ts';
import { createZoneServer } from './zone-server.ts';

function asking(zone: string): (name: string, type: RecordType, transport?: 'udp' | 'tcp') => DnsMessage | null {
  const answer = createZoneServer(readZone(zone));
  return (name, type, transport = 'udp') => {
    const bytes = answer(writeQuery(1, { name, type }) as Buffer, transport);
    return bytes === null ? null : readMessage(bytes);
  };
}

test('every kind of record is served as its line says', () => {
  const ask = asking(`here.example. A 192.0.2.1
HERE.example AAAA 2001:db8::1
here.example MX 10 mx.here.example.
here.example TXT "v=spf1 -all"
here.example TLSA 3 1 1 abcd
here.example CAA 0 issue "ca.example"
here.example SRV 0 5 587 mx.here.example
here.example NS ns.here.example
# a note`);
  const types = ['A', 'AAAA', 'MX', 'TXT', 'TLSA', 'CAA', 'SRV', 'NS'] as const;
  assert.deepEqual(
    types.map((type) => ask('Here.Example', type)?.answers[0]?.type),
    types,
  );
  const [text] = ask('here.example', 'TXT')?.answers ?? [];
  assert.ok(text?.type === 'TXT' && text.text === 'v=spf1 -all');
});

test('what exists without the record asked for is told from what does not exist, and wildcards fill the gap', () => {
  const ask = asking(`deep.below.example A 192.0.2.1
*.wild.example TXT everywhere
real.wild.example A 192.0.2.1`);
  assert.equal(ask('below.example', 'A')?.code, 'NOERROR');
  assert.equal(ask('gone.example', 'A')?.code, 'NXDOMAIN');
  assert.equal(ask('any.wild.example', 'TXT')?.answers[0]?.name, 'any.wild.example');
  assert.equal(ask('any.wild.example', 'A')?.code, 'NOERROR');
  assert.deepEqual(ask('real.wild.example', 'TXT')?.answers, []);
});

test('absence comes with the SOA of its zone', () => {
  const ask = asking('here.example SOA ns.here.example root.here.example 7 30');
  assert.equal(ask('gone.here.example', 'A')?.authorities[0]?.name, 'here.example');
  assert.deepEqual(ask('elsewhere.example', 'A')?.authorities, []);
});

test('a long text is cut into strings, and goes over TCP', () => {
  const ask = asking(`long.example TXT ${'x'.repeat(64_000)}`);
  assert.equal(ask('long.example', 'TXT', 'udp')?.truncated, true);
  const [text] = ask('long.example', 'TXT', 'tcp')?.answers ?? [];
  assert.ok(text?.type === 'TXT');
  assert.deepEqual([text.text.length, text.strings.length, text.strings[0]?.length], [64_000, 251, 255]);
});

test('names misbehave as told', () => {
  const ask = asking(`a.example ! servfail
b.example ! refused
c.example ! silent
d.example ! garbage
e.example ! cut
many.example *5000 MX % mx%.many.example
too-many.example *10000 MX 10 mx%.too-many.example
loop.example CNAME loop.example`);
  assert.equal(ask('a.example', 'A')?.code, 'SERVFAIL');
  assert.equal(ask('b.example', 'A')?.code, 'REFUSED');
  assert.equal(ask('c.example', 'A'), null);
  assert.equal(ask('d.example', 'A'), null);
  assert.equal(ask('e.example', 'A', 'tcp')?.truncated, true);
  assert.equal(ask('too-many.example', 'MX', 'tcp')?.truncated, true);
  assert.ok((ask('loop.example', 'A')?.answers.length ?? 99) <= 10);
  assert.equal(ask('many.example', 'MX', 'tcp')?.truncated, true);
});

test('what is no query is met with silence', () => {
  const answer = createZoneServer(readZone('here.example A 192.0.2.1'));
  const query = writeQuery(1, { name: 'here.example', type: 'A' }) as Buffer;
  for (let length = 0; length < 12 + 18; length++) assert.equal(answer(query.subarray(0, length), 'udp'), null);
  query[2] = 0x80; // a response: answering it would make two servers talk for ever
  assert.equal(answer(query, 'udp'), null);
});

test('a zone with a line that cannot be read says which', () => {
  for (const line of ['here.example', 'here.example WKS 1', 'here.example ! sleepy', 'here.example MX 10'])
    assert.throws(() => readZone(`a.example A 192.0.2.1\n${line}`), /^Error: zone line 2 /, line);
});
