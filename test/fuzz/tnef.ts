import { unpackRtf } from '../../src/wire/tnef/rtf-compressed.ts';
import { allAttachments, readTnef } from '../../src/wire/tnef/tnef.ts';
import { attribute, mapiProperties, tnefFile } from '../mime/tnef-bytes.ts';
import type { FuzzTarget } from './target.ts';

const RTF = Buffer.from(
  '2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0',
  'hex',
);
const FILE = tnefFile(
  attribute(1, 0x9003, mapiProperties([0x0037, 0x1e, Buffer.from('subject\0')], [0x1009, 0x102, RTF])),
  attribute(2, 0x9002, Buffer.alloc(14)),
  attribute(2, 0x8010, Buffer.from('a.txt\0')),
  attribute(2, 0x800f, Buffer.from('content')),
);

export const targets: readonly FuzzTarget[] = [
  {
    name: 'tnef',
    seeds: [FILE],
    alphabet: '\x78\x9f\x3e\x22\x01\x02\x03\x90\x00\xff\x80',
    run: (bytes) => {
      const tnef = readTnef(Buffer.from(bytes));
      if (tnef !== null) for (const attachment of allAttachments(tnef)) attachment.names.join();
    },
  },
  {
    name: 'tnef-rtf',
    seeds: [RTF],
    alphabet: 'LZFu\x00\x01\x0f\xff',
    run: (bytes) => void unpackRtf(Buffer.from(bytes)),
  },
];
