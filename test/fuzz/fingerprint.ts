import { loadFingerprints } from '../../src/knowledge/load-fingerprints.ts';
import { identify } from '../../src/platform/identify.ts';
import { SIGHTING_KINDS } from '../../src/platform/sighting.ts';
import type { FuzzTarget } from './target.ts';

const EXAMPLES_PER_KIND = 4;
/** The first byte of an input says which kind the rest is. */
const FIRST_KIND = 64;
const DIALOGUE = 'S: 220 mx ESMTP\nC: EHLO a\nS: 250-mx\nS: 250 SIZE\nC: HELP\nS: 214 help\nC: QUIT\nS: 221 Bye\n';

const examples = loadFingerprints();
const seeds = SIGHTING_KINDS.flatMap((kind, index) => {
  const own = examples.filter((one) => [one.kind].flat().includes(kind)).slice(0, EXAMPLES_PER_KIND);
  const texts = kind === 'transcript' ? [DIALOGUE] : own.map(({ example }) => example);
  return texts.map((text) => Buffer.from(`${String.fromCharCode(FIRST_KIND + index)}${text}`));
});

export const targets: readonly FuzzTarget[] = [
  {
    name: 'fingerprint',
    whole: true,
    seeds,
    alphabet: ' ()[]<>:;,./-_@=0123456789vV\r\n250-ABCDEFGHIJKLMNOPQRSTUVWXYZabc',
    run(bytes) {
      const kind = SIGHTING_KINDS[((bytes[0] ?? 0) + SIGHTING_KINDS.length * 2 - FIRST_KIND) % SIGHTING_KINDS.length];
      if (kind !== undefined) identify([{ kind, text: Buffer.from(bytes.subarray(1)).toString('utf8') }]);
    },
  },
];
