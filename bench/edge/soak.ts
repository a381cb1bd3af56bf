/**
 * Load with faults for a long time: `npm run build && node bench/edge/soak.ts [--minutes 20] [--workers 2] [--seed N]`. Honest senders try each
 * letter until it is taken, while others drop connections, write a byte at a time or only sit there, the server behind is slow, puts off,
 * answers by halves and is killed, and the configuration is read again every minute. At the end nothing that was acknowledged may be missing,
 * memory and descriptors must have stayed flat, and all descriptors must be given back.
 */
import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startEdge } from '../../test/harness/edge.ts';
import { treeOf, useOf } from './process-tree.ts';
import { dropper, honest, idler, type Letters, slowWriter, type Visit } from './soak-peers.ts';
import { type Times, unsteadyUpstream } from './unsteady-upstream.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    workers: { type: 'string', default: '2' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const minutes = Number(values.minutes);
const MINUTE = 60_000;
const SENDERS = 10;
const DROPPERS = 6;
const SLOW_WRITERS = 20;
const IDLERS = 500;
/** The times of the server behind, and seconds of each; over and over. */
const COURSE: readonly (readonly [times: Times, seconds: number])[] = [
  ['good', 15],
  ['later', 10],
  ['good', 5],
  ['slow', 10],
  ['half', 10],
  ['down', 4],
  ['good', 6],
];
const SAMPLE = Math.min(10_000, minutes * 1_000);
/** Growth from the second quarter of the run to the last, MB and descriptors, that still counts as flat. */
const FLAT_MEMORY = 15;
const FLAT_FILES = 40;

/** mulberry32: the same seed, the same faults. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const chance = chances(Number(values.seed));
const upstream = await unsteadyUpstream(chance);
const edge = await startEdge({
  upstream: `127.0.0.1:${upstream.port}`,
  built: true,
  config: `workers: ${values.workers}\nexempt: [127.0.0.9]\nlimits: { sessionTimeout: 2m, commandTimeout: 1m }\nrates: { connections: { fresh: { burst: 100000, perMinute: 100000 } } }\nlog: { rotateAt: 20 MiB, keep: 1 }`,
});
const filesOf = (pid: number): number =>
  treeOf(pid).reduce((sum, one) => {
    try {
      return sum + readdirSync(`/proc/${one}/fd`).length;
    } catch {
      return sum;
    }
  }, 0);

await pause(2_000);
const atFirst = { files: filesOf(edge.pid), ...useOf(edge.pid) };
const ends = performance.now() + minutes * MINUTE;
const over = () => performance.now() >= ends;
const visit: Visit = { port: edge.port, over, chance };
const letters: Letters = { acknowledged: new Set(), putOff: 0, refused: [] };
const address = (number: number) => `127.0.${1 + (number >> 7)}.${1 + (number & 127)}`;
const senders = Array.from({ length: SENDERS }, (_, at) => honest(`s${at}`, visit, letters));
const others = [
  ...Array.from({ length: DROPPERS }, () => dropper(visit)),
  ...Array.from({ length: SLOW_WRITERS }, (_, at) => slowWriter(visit, address(at))),
  ...Array.from({ length: IDLERS }, (_, at) => idler(visit, address(100 + at))),
];

async function course(): Promise<void> {
  while (!over()) {
    for (const [times, seconds] of COURSE) {
      await upstream.become(times);
      await pause(Math.min(seconds * 1_000, Math.max(0, ends - performance.now())));
    }
    edge.signal('SIGHUP');
  }
  await upstream.become('good');
}

interface Sample {
  readonly minute: number;
  readonly memory: number;
  readonly files: number;
}

const samples: Sample[] = [];
async function watch(): Promise<void> {
  const began = performance.now();
  while (!over()) {
    await pause(SAMPLE);
    const { memory, own, processes } = useOf(edge.pid);
    const sample = { minute: (performance.now() - began) / MINUTE, memory: own, files: filesOf(edge.pid) };
    samples.push(sample);
    if (samples.length % 6 === 0)
      console.log(
        `minute ${sample.minute.toFixed(1)}: ${memory.toFixed(0)} MB (${own.toFixed(0)} own), ${sample.files} descriptors, ${processes} processes, ${letters.acknowledged.size} acknowledged, ${letters.putOff} put off`,
      );
  }
}

console.log(
  `${minutes} minutes, seed ${values.seed}, ${values.workers} workers, from ${atFirst.own.toFixed(0)} MB and ${atFirst.files} descriptors`,
);
await Promise.all([course(), watch(), ...senders, ...others]);
// What is still open is closed by its deadline at the latest.
let left = filesOf(edge.pid);
for (let waited = 0; waited < 150 && left > atFirst.files + 10; waited++) {
  await pause(1_000);
  left = filesOf(edge.pid);
}
const after = useOf(edge.pid);
const code = await edge.stop();

const lost = [...letters.acknowledged].filter((key) => !upstream.kept.has(key));
const twice = [...upstream.kept.values()].filter((times) => times > 1).length;
const part = (from: number, to: number) =>
  samples.slice(Math.floor(from * samples.length), Math.ceil(to * samples.length));
const mean = (some: readonly Sample[], of: (sample: Sample) => number) =>
  some.reduce((sum, sample) => sum + of(sample), 0) / Math.max(1, some.length);
const growth = (of: (sample: Sample) => number) => mean(part(0.75, 1), of) - mean(part(0.25, 0.5), of);
const memory = growth((sample) => sample.memory);
const files = growth((sample) => sample.files);
console.log(
  `${letters.acknowledged.size} acknowledged, ${lost.length} lost, ${twice} arrived twice, ${letters.putOff} put off, ${letters.refused.length} refused\n` +
    `own memory: ${mean(part(0.25, 0.5), (sample) => sample.memory).toFixed(0)} MB in the second quarter, ${memory >= 0 ? '+' : ''}${memory.toFixed(1)} MB in the last; ${after.own.toFixed(0)} MB after all had gone\n` +
    `descriptors: ${mean(part(0.25, 0.5), (sample) => sample.files).toFixed(0)} in the second quarter, ${files >= 0 ? '+' : ''}${files.toFixed(1)} in the last; ${atFirst.files} at first, ${left} after all had gone\n` +
    `CPU ${(after.cpu - atFirst.cpu).toFixed(0)} s; ended with ${code}`,
);
for (const refusal of new Set(letters.refused)) console.log(`refused: ${refusal.trim()}`);
if (!edge.said.split('\n').every((line) => line === '' || /is (?:up|down)|new configuration|the load is/.test(line)))
  console.log(edge.said);
const good =
  lost.length === 0 &&
  letters.refused.length === 0 &&
  memory <= FLAT_MEMORY &&
  files <= FLAT_FILES &&
  left <= atFirst.files + 10 &&
  code === 0;
console.log(good ? 'nothing lost, flat' : 'NOT GOOD');
process.exit(good ? 0 : 1);
