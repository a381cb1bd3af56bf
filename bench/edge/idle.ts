/**
 * A crowd that only sits there: `node bench/edge/idle.ts [--crowd 20000] [--workers 1] [--probes 100]`. Hostile connections come from a
 * hundred loopback addresses, greet, and say a byte every ten seconds; honest letters come meanwhile from another one.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { dialogue } from '../../test/harness/dialogue.ts';
import { startEdge } from '../../test/harness/edge.ts';
import { mailSink } from '../../test/harness/mail-sink.ts';
import { useOf } from './process-tree.ts';

const { values } = parseArgs({
  options: {
    crowd: { type: 'string', default: '20000' },
    workers: { type: 'string', default: '1' },
    probes: { type: 'string', default: '100' },
    config: { type: 'string', default: '' },
  },
});
const crowd = Number(values.crowd);
await using sink = await mailSink();
const edge = await startEdge({
  upstream: `127.0.0.1:${sink.port}`,
  config: `workers: ${values.workers}\nexempt: [127.0.0.9]\nrates: { connections: { fresh: { burst: 100000, perMinute: 100000 } } }\n${values.config}`,
});

let greeted = 0;
let refused = 0;
let ended = 0;
const sockets: Socket[] = [];
function sit(index: number): void {
  const socket = connect({ host: '127.0.0.1', port: edge.port, localAddress: `127.0.1.${1 + (index % 100)}` });
  socket.on('data', (bytes) => {
    if (bytes[0] === 0x32) greeted++;
    else refused++;
  });
  socket.on('error', () => undefined).on('close', () => ended++);
  sockets.push(socket);
}

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
for (let index = 0; index < crowd; index++) {
  sit(index);
  if (index % 50 === 49) await pause(10);
}
const beat = setInterval(() => {
  for (const socket of sockets) if (!socket.destroyed) socket.write('N');
}, 10_000);
await pause(5_000);
const times: number[] = [];
for (let probe = 0; probe < Number(values.probes); probe++) {
  times.push(await letter());
  await pause(50);
}
clearInterval(beat);
const use = useOf(edge.pid);
times.sort((a, b) => a - b);
const at = (part: number) => times[Math.min(times.length - 1, Math.floor(part * times.length))]?.toFixed(0);
console.log(
  `${crowd} came, ${greeted} were greeted, ${refused} refused, ${ended} ended, ${crowd - ended} still sit there\n` +
    `honest letters: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms\n` +
    `memory ${use.memory.toFixed(0)} MB (${before.memory.toFixed(0)} MB before), ${(use.cpu - before.cpu).toFixed(1)} s of CPU`,
);
for (const socket of sockets) socket.destroy();
await edge.stop();
