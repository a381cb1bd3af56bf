import { isAddrSpec } from '../../src/wire/address/addr-spec.ts';
import { readAddressList } from '../../src/wire/address/lenient.ts';
import { readWireAddress } from '../../src/wire/address/strict.ts';
import type { FuzzTarget } from './target.ts';

const seed = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

export const targets: readonly FuzzTarget[] = [
  {
    name: 'address-list',
    seeds: [seed('A (b) <a@b.c>, "x, y" <x@y>; G: c@d, e@f;, <@r:g@h>, i j@k')],
    alphabet: 'a@b.<>(),;:"\\ \r\n=?',
    run: (bytes) => void readAddressList(text(bytes)),
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
];
