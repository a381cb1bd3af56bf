import { type FuzzTarget, SIZE_LIMIT } from './target.ts';

/** Numbers in [0, 1) that a seed fixes (mulberry32), so that a run can be had again. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** Bytes that parsers mistake: ends, quotes, escapes, signs, bounds. */
const TELLING = [
  0, 1, 9, 10, 13, 32, 34, 39, 40, 44, 46, 58, 59, 60, 61, 62, 64, 91, 92, 93, 127, 128, 0xc3, 0xe2, 0xff,
];

/** One more input: half of them seeds with a few raw-byte mutations, half of them words of the narrow alphabet. */
export function nextInput({ seeds, alphabet }: FuzzTarget, chance: () => number): Uint8Array {
  const below = (limit: number): number => Math.floor(chance() * limit);
  if (alphabet !== '' && (seeds.length === 0 || chance() < 0.5)) return word(new TextEncoder().encode(alphabet), below);
  let bytes = Uint8Array.from(seeds[below(seeds.length)] ?? []);
  for (let left = 1 + below(8); left > 0; left -= 1) bytes = mutated(bytes, seeds, below);
  return bytes.subarray(0, SIZE_LIMIT);
}

function word(letters: Uint8Array, below: (limit: number) => number): Uint8Array {
  // Mostly short: they reach every branch; now and then as long as is allowed: those find what is slow.
  const length = below(16) === 0 ? below(SIZE_LIMIT) : below(64);
  const bytes = new Uint8Array(length);
  const run = below(4) === 0; // the same few letters over and over
  const period = 1 + below(4);
  for (let at = 0; at < length; at += 1)
    bytes[at] = run && at >= period ? bytes[at - period]! : letters[below(letters.length)]!;
  return bytes;
}

function mutated(
  bytes: Uint8Array,
  seeds: readonly Uint8Array[],
  below: (limit: number) => number,
): Uint8Array<ArrayBuffer> {
  const at = below(bytes.length + 1);
  const to = Math.min(bytes.length, at + 1 + below(32));
  const cut = (from: number, until: number, middle: Uint8Array): Uint8Array<ArrayBuffer> =>
    Uint8Array.from([...bytes.subarray(0, from), ...middle, ...bytes.subarray(until)].slice(0, SIZE_LIMIT));
  switch (below(8)) {
    case 0:
      return cut(at, to, Uint8Array.of(bytes[at]! ^ (1 << below(8))).subarray(0, to - at));
    case 1:
      return cut(at, at, Uint8Array.of(TELLING[below(TELLING.length)]!));
    case 2:
      return cut(at, to, new Uint8Array());
    case 3:
      return cut(at, at, bytes.subarray(at, to));
    case 4:
      return cut(at, bytes.length, new Uint8Array());
    case 5: {
      const other = seeds[below(seeds.length)]!;
      const from = below(other.length + 1);
      return cut(at, at, other.subarray(from, from + below(128)));
    }
    case 6:
      return cut(at, at, new Uint8Array(below(512)).fill(bytes[at] ?? 32));
    default:
      return cut(at, Math.min(bytes.length, at + 1), Uint8Array.of(below(256)));
  }
}
