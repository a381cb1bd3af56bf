/**
 * Addresses of four projects, held against the strict reader for the wire and the lenient one for headers. Registers only where
 * `MAILWARD_CORPORA` names the corpora.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAddrSpec } from '../../src/wire/address/addr-spec.ts';
import { readAddressList } from '../../src/wire/address/lenient.ts';
import { isWireAddress, readWireAddress } from '../../src/wire/address/strict.ts';
import { corpora, records } from './mime-samples.ts';

interface Mailbox {
  readonly address: string | null;
}

interface Sample {
  readonly id: string;
  readonly kind: string;
  readonly address: string;
  readonly expected: {
    readonly syntax_valid_rfc5321?: boolean;
    readonly syntax_valid_rfc5322?: boolean;
    readonly valid?: boolean;
    readonly parsed?: { readonly List?: readonly Mailbox[]; readonly Group?: readonly { readonly addresses: readonly Mailbox[] }[] };
  };
}

if (corpora !== undefined) {
  const samples = records<Sample>('smtp/addresses.jsonl');

  test('the strict reader takes what RFC 5321 allows and nothing else (isemail)', () => {
    const labelled = samples.filter(({ expected }) => expected.syntax_valid_rfc5321 !== undefined);
    assert.ok(labelled.length > 100);
    for (const { address, expected } of labelled) {
      assert.equal(isWireAddress(readWireAddress(address)), expected.syntax_valid_rfc5321, JSON.stringify(address));
      assert.equal(isAddrSpec(address), expected.syntax_valid_rfc5322, JSON.stringify(address));
    }
  });

  test('the strict reader takes what flanker holds for valid', () => {
    const labelled = samples.filter(({ expected, kind }) => expected.valid !== undefined && !kind.startsWith('mailbox'));
    assert.ok(labelled.length > 50);
    const whole = ({ kind, address }: Sample) =>
      kind === 'local-part' ? `${address}@example.com` : kind === 'domain' ? `a@${address}` : address;
    const differs = labelled.filter((one) => isWireAddress(readWireAddress(whole(one))) !== one.expected.valid);
    assert.deepEqual(differs.map(({ id, address }) => `${id} ${address}`), []);
  });

  test('the lenient reader finds the address in what flanker holds for a mailbox', () => {
    const labelled = samples.filter(({ expected, kind }) => expected.valid === true && kind.startsWith('mailbox'));
    for (const { address } of labelled) {
      const [found, ...others] = readAddressList(address).mailboxes;
      assert.ok(found !== undefined && others.length === 0, address);
      assert.ok(found.local !== '' && address.toLowerCase().includes(`@${found.domain}`), address);
    }
  });

  test('the lenient reader finds the mailboxes that Stalwart finds', () => {
    const labelled = samples.filter(({ expected }) => expected.parsed !== undefined);
    assert.ok(labelled.length > 20);
    const differs = labelled.filter(({ address, expected }) => {
      const wanted = expected.parsed?.List ?? expected.parsed?.Group?.flatMap((group) => group.addresses) ?? [];
      const mine = readAddressList(address).mailboxes.map((mailbox) => mailbox.address);
      return mine.filter(Boolean).join() !== wanted.flatMap((one) => one.address ?? []).join();
    });
    // A blank inside a domain (obsolete syntax, RFC 5322 §4.4) is left out by us and kept by Stalwart; two values of one field, of which we read both.
    const known = ['jdoe@machine(comment).  example', 'test@test.com\ninvalid@address.com'];
    assert.deepEqual(differs.map(({ address }) => address).filter((address) => !known.some((one) => address.includes(one))), []);
  });
}
