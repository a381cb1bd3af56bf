import type { AddressMap } from '../../src/edge/envelope/address-map.ts';
import { changeAddresses } from '../../src/edge/message/header-addresses.ts';
import { isAddrSpec } from '../../src/wire/address/addr-spec.ts';
import { canCarryTag, makeBounceTag, readBounceTag, untagged, worthOfTag } from '../../src/wire/address/bounce-tag.ts';
import { readAddressList } from '../../src/wire/address/lenient.ts';
import { readWireAddress } from '../../src/wire/address/strict.ts';
import { originalRecipient, readOriginalRecipient } from '../../src/wire/smtp/original-recipient.ts';
import type { FuzzTarget } from './target.ts';

const seed = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const KEYS = [{ number: 1, secret: 'of the fuzzer' }] as const;
const MAP: AddressMap = {
  addresses: new Map([
    ['a@c.d', { local: '"x y"', domain: 'e.f' }],
    ['b@c.d', { local: 'z', domain: 'e.f' }],
  ]),
  domains: new Map([['c.d', 'e.f']]),
  below: new Map([['c.d', 'e.f']]),
};
/** A CR or LF that is no part of a CRLF. */
const LONE = /\r(?!\n)|(?<!\r)\n/;
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

export const targets: readonly FuzzTarget[] = [
  {
    name: 'address-list',
    seeds: [seed('A (b) <a@b.c>, "x, y" <x@y>; G: c@d, e@f;, <@r:g@h>, i j@k')],
    alphabet: 'a@b.<>(),;:"\\ \r\n=?',
    run: (bytes) => void readAddressList(text(bytes)),
  },
  {
    name: 'rewritten-addresses',
    seeds: [
      seed('To: A (a@c.d) <a@c.d>, "a@c.d" <b@x.c.d>;G:a . b@c .\r\n d,\r\n\t=?x?q?a@c.d?= <a+b@c.d>\r\n'),
      seed('utf-8;\\x{F6}+\\x{2B}@c.d'),
      seed('rfc822;a+2Bb@c.d'),
    ],
    alphabet: 'abcd@.<>(),;:"\\[] \r\n=?x{}+',
    run(bytes) {
      const given = text(bytes);
      const changed = changeAddresses(given, 0, MAP)?.text;
      if (changed !== undefined && changeAddresses(changed, 0, MAP) !== null) throw new Error('it changes again');
      if (changed !== undefined && LONE.test(changed) && !LONE.test(given)) throw new Error('a line of its own');
      const address = readOriginalRecipient(given);
      if (address !== null && !/^[!-~]+$/.test(originalRecipient(address))) throw new Error('not for the wire');
    },
  },
  {
    name: 'address-wire',
    seeds: [seed('"a b"@[IPv6:::1]'), seed('a.b@c.d')],
    alphabet: 'a.@"\\[]:-',
    run: (bytes) => void readWireAddress(text(bytes)),
  },
  {
    name: 'address-spec',
    seeds: [seed('(c)a."b"@\r\n [1.2]')],
    alphabet: 'a.@"\\()[]\r\n ',
    run: (bytes) => void isAddrSpec(text(bytes)),
  },
  {
    name: 'bounce-tag',
    seeds: [seed('prvs=1007abcdef=a.b'), seed('prvs=a/1007ABCDEF'), seed('btv1==1a2b==a'), seed('msprvs1=x=a')],
    alphabet: 'prvsmbt=/.@"0123456789abcdefABCDEF',
    run(bytes) {
      const local = text(bytes);
      const tag = readBounceTag(local);
      if (tag !== null) worthOfTag(tag, 'a.example', KEYS, 20_000);
      if (makeBounceTag(local, 'a.example', KEYS, 20_000) !== null && untagged(local) !== local)
        throw new Error('a tag was put before a tag');
      if (canCarryTag(local) && tag !== null) throw new Error('a tag can carry a tag');
    },
  },
];
