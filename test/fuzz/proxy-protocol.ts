import { PROXY_V1_MAX, PROXY_V2_MAX, readProxyHeader } from '../../src/wire/proxy-protocol/header.ts';
import type { FuzzTarget } from './target.ts';

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');

export const targets: readonly FuzzTarget[] = [
  {
    name: 'proxy-protocol',
    seeds: [
      bytesOf('PROXY TCP4 192.0.2.7 198.51.100.1 4000 25\r\nEHLO a\r\n'),
      bytesOf('PROXY TCP6 2001:db8::7 ::1 1 2\r\n'),
      bytesOf('PROXY UNKNOWN\r\n'),
      bytesOf('\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x07\xc6\x33\x64\x01\x0f\xa0\0\x19'),
      bytesOf('\r\n\r\n\0\r\nQUIT\n\x20\0\0\0'),
    ],
    alphabet: 'PROXY TCP46UNKQIT\r\n\0\x21\x11.:0129af',
    run(bytes) {
      const read = readProxyHeader(bytes);
      if (read.kind === 'more' && bytes.length >= PROXY_V2_MAX) throw new Error('it waits for more than there may be');
      if (read.kind !== 'header') return;
      if (read.length > bytes.length || read.length > Math.max(PROXY_V1_MAX, PROXY_V2_MAX))
        throw new Error('a header longer than what came');
      for (let cut = 0; cut < read.length; cut++)
        if (readProxyHeader(bytes.subarray(0, cut)).kind === 'fault') throw new Error('a begin of a header is a fault');
      if (JSON.stringify(readProxyHeader(bytes.subarray(0, read.length))) !== JSON.stringify(read))
        throw new Error('what stands behind a header changes it');
    },
  },
];
