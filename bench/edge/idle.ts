/**
 * A crowd that only sits there: `npm run build && node bench/edge/idle.ts [--crowd 20000] [--workers 2] [--probes 100]`. Hostile connections come from
 * four hundred loopback addresses, are greeted, and say a byte every ten seconds; honest letters come meanwhile from another one.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { dialogue } from '../../test/harness/dialogue.ts';
import { startEdge } from '../../test/harness/edge.ts';
import { mailSink } from '../../test/harness/mail-sink.ts';
import { useOf } from './process-tree.ts';

const { values } = parseArgs({
  options: {
    crowd: { type: 'string', default: '20000' },
    workers: { type: 'string', default: '2' },
    probes: { type: 'string', default: '100' },
    config: { type: 'string', default: '' },
  },
});
const crowd = Number(values.crowd);
await using sink = await mailSink();
const edge = await startEdge({
  upstream: `127.0.0.1:${sink.port}`,
  built: true,
  config: `workers: ${values.workers}\nexempt: [127.0.0.9]\nrates: { connections: { fresh: { burst: 100000, perMinute: 100000 } } }\n${values.config}`,
});

/** Connections of one process of the crowd. */
const PART = 10_000;
const parts: ChildProcess[] = [];
/** Milliseconds that one honest letter takes, from connecting to its 250. */
async function letter(): Promise<number> {
  const began = performance.now();
  const line = await dialogue(edge.port, { localAddress: '127.0.0.9' });
  await line.next();
  for (const said of ['EHLO a.test', 'MAIL FROM:<a@sender.test>', 'RCPT TO:<b@example.test>', 'DATA'])
    if (!/^[23]/.test(await line.say(said))) throw new Error(`refused at ${said}`);
  if (!(await line.say('Subject: x\r\n\r\nx\r\n.')).startsWith('250')) throw new Error('refused');
  const took = performance.now() - began;
  line.close();
  return took;
}

const before = useOf(edge.pid);
for (let first = 0; first < crowd; first += PART) {
  const size = Math.min(PART, crowd - first);
  parts.push(fork(join(import.meta.dirname, 'crowd.ts'), [edge.port, size, first].map(String)));
}
await Promise.all(parts.map((part) => once(part, 'message')));
await pause(5_000);
const times: number[] = [];
for (let probe = 0; probe < Number(values.probes); probe++) {
  times.push(await letter());
  await pause(50);
}
const counts = await Promise.all(
  parts.map(async (part) => {
    part.send('how many?');
    return (await once(part, 'message'))[0] as { greeted: number; refused: number; ended: number };
  }),
);
const sum = (name: 'greeted' | 'refused' | 'ended') => counts.reduce((all, part) => all + part[name], 0);
const use = useOf(edge.pid);
times.sort((a, b) => a - b);
const at = (part: number) => times[Math.min(times.length - 1, Math.floor(part * times.length))]?.toFixed(0);
console.log(
  `${crowd} came, ${sum('greeted')} were greeted, ${sum('refused')} refused, ${sum('ended')} ended, ${crowd - sum('ended')} still sit there\n` +
    `honest letters: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms\n` +
    `memory ${use.memory.toFixed(0)} MB (${before.memory.toFixed(0)} MB before), ${(use.cpu - before.cpu).toFixed(1)} s of CPU`,
);
const because = new Map<string, number>();
for (const event of await edge.events()) {
  const { event: kind, rule, signal, to } = event;
  if (kind === 'refused' || kind === 'fault' || kind === 'pressure') {
    const what = kind === 'pressure' ? `pressure: ${signal} ${to}` : `${kind}: ${rule}`;
    because.set(what, (because.get(what) ?? 0) + 1);
  }
}
for (const [what, times] of because) console.log(`${what}: ${times}`);
for (const part of parts) part.disconnect();
await edge.stop();
