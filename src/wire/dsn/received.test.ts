import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReceived } from './received.ts';

test('Postfix: name, address, protocol, TLS, id and date are told apart', () => {
  const read = readReceived(
    'from mail.there.example (unknown [192.0.2.7]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)) by mx.here.example (Postfix) with ESMTPS id 4ABC for <a@here.example>; Wed, 25 Nov 2026 12:00:00 +0100 (CET)',
  );
  assert.deepEqual(
    [read.from, read.address, read.by, read.with, read.id, read.for],
    ['mail.there.example', '192.0.2.7', 'mx.here.example', 'ESMTPS', '4ABC', 'a@here.example'],
  );
  assert.match(read.tls ?? '', /TLSv1\.3/);
  assert.equal(read.date?.at, Date.parse('2026-11-25T11:00:00Z'));
});

test('Exim writes the name that was given apart from the one that was found', () => {
  const read = readReceived(
    'from [192.0.2.7] (helo=laptop) by mx.here.example with esmtp (Exim 4.96) (envelope-from <a@b.example>) id 1abcde-000001-AB; Wed, 25 Nov 2026 12:00:00 +0000',
  );
  assert.deepEqual([read.helo, read.address, read.by], ['laptop', '192.0.2.7', 'mx.here.example']);
  assert.equal(read.envelopeFrom, 'a@b.example');
});

test('a keyword in a comment opens no clause, and anything is read', () => {
  assert.equal(readReceived('(from evil by evil with evil) by mx.here.example; nonsense').by, 'mx.here.example');
  const odd = readReceived('((((');
  assert.deepEqual([odd.from, odd.by, odd.date], [null, null, null]);
});
