/**
 * Messages a second and CPU a message: the edge beside Postfix's before-queue proxy, both in front of the same sink, fed by the same
 * generator, in turns. `node bench/edge/run.ts [--rounds 3] [--messages 4000] [--size 1,10,100] [--sessions 50] [--workers 1,2]`
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEdge } from '../../test/harness/edge.ts';
import { freePort, greeting } from '../../test/harness/loopback.ts';
import { packages } from '../../test/harness/packages.ts';
import { postfixProxy } from './postfix-proxy.ts';
import { processWith, type Use, useOf } from './process-tree.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    messages: { type: 'string', default: '4000' },
    size: { type: 'string', default: '1,10,100' },
    sessions: { type: 'string', default: '50' },
    workers: { type: 'string', default: '1' },
    persist: { type: 'boolean', default: false },
  },
});
const list = (text: string) => text.split(',').map(Number);

interface Contender {
  readonly name: string;
  readonly port: number;
  readonly address: string;
  readonly root: number;
  stop(): Promise<unknown>;
}

const files = await packages(['postfix']);
if (files.kind === 'missing') throw new Error(files.reason);
const env = { ...process.env, LD_LIBRARY_PATH: [...files.libraries, join(files.root, 'usr/lib/postfix')].join(':') };
const program = (name: string) => join(files.root, 'usr/sbin', name);

const sinkPort = await freePort('127.0.0.1');
const asNobody = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
const sink = spawn(program('smtp-sink'), [...asNobody, '-m', '1024', `127.0.0.1:${sinkPort}`, '2048'], {
  env,
  stdio: 'ignore',
});
await greeting('127.0.0.1', sinkPort, AbortSignal.timeout(10_000));

const folder = mkdtempSync(join(tmpdir(), 'mailward-bench-'));
const contenders: Contender[] = [];
for (const workers of list(values.workers)) {
  const edge = await startEdge({
    upstream: `127.0.0.1:${sinkPort}`,
    domains: ['example.test'],
    config: `workers: ${workers}\nexempt: [127.0.0.0/8]`,
  });
  contenders.push({
    name: `edge, ${workers} worker${workers === 1 ? '' : 's'}`,
    address: edge.address,
    port: edge.port,
    root: edge.pid,
    stop: () => edge.stop(),
  });
}
const postfix = await postfixProxy({ address: '127.0.0.1', port: sinkPort }).start({ domain: 'example.test' });
if ('kind' in postfix) throw new Error(postfix.reason);
contenders.push({
  name: 'Postfix, before-queue proxy',
  address: postfix.address,
  port: postfix.port,
  root: processWith(`${postfix.folder}/init.sh`),
  stop: () => postfix.stop(),
});

interface Cell {
  readonly rate: number;
  readonly cpu: number;
  readonly use: Use;
}

async function feed(contender: Contender, file: string, sessions: number, messages: number): Promise<Cell> {
  const before = useOf(contender.root);
  const began = performance.now();
  const args = ['-s', String(sessions), '-m', String(messages), '-C', '20', '-F', file, '-M', 'mx.sender.test'];
  const source = spawn(
    program('smtp-source'),
    [
      ...args,
      ...(values.persist ? ['-d'] : []),
      '-f',
      'a@sender.test',
      '-t',
      'bob@example.test',
      `${contender.address}:${contender.port}`,
    ],
    { env, stdio: ['ignore', 'ignore', 'inherit'], timeout: 300_000 },
  );
  const [code] = await once(source, 'exit');
  if (code !== 0) throw new Error(`smtp-source against ${contender.name} ended with ${code}`);
  const seconds = (performance.now() - began) / 1000;
  await new Promise((resolve) => setTimeout(resolve, 200));
  const use = useOf(contender.root);
  return { rate: messages / seconds, cpu: ((use.cpu - before.cpu) * 1000) / messages, use };
}

const text = (kilobytes: number): string => {
  const line = 'The quick brown fox jumps over the lazy dog, and then sits down to write a letter.\r\n';
  return `From: <a@sender.test>\r\nTo: <bob@example.test>\r\nSubject: bench\r\nDate: Mon, 1 Jan 2024 00:00:00 +0000\r\nMessage-ID: <1@sender.test>\r\n\r\n${line.repeat(Math.ceil((kilobytes * 1000) / line.length))}`;
};
const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] as number;

try {
  const rounds = Number(values.rounds);
  const sessions = Number(values.sessions);
  console.log(
    `${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}, ${sessions} sessions, ${values.persist ? 'sessions kept' : 'one connection a message'}`,
  );
  for (const kilobytes of list(values.size)) {
    const file = join(folder, `${kilobytes}.eml`);
    writeFileSync(file, text(kilobytes).replaceAll('\r\n', '\n'), { mode: 0o644 });
    const messages = Math.max(500, Math.round(Number(values.messages) / Math.max(1, kilobytes / 20)));
    const cells = new Map<string, Cell[]>(contenders.map(({ name }) => [name, []]));
    // The first time is for compilers, caches and process pools.
    for (const contender of contenders) await feed(contender, file, sessions, Math.max(500, messages / 2));
    for (let round = 0; round < rounds; round++) {
      for (const contender of contenders)
        cells.get(contender.name)?.push(await feed(contender, file, sessions, messages));
    }
    const base = median(cells.get('Postfix, before-queue proxy')?.map(({ cpu }) => cpu) ?? [1]);
    console.log(`\n${kilobytes} KB, ${messages} messages, ${rounds} rounds`);
    for (const [name, all] of cells) {
      const cpus = all.map(({ cpu }) => cpu);
      const spread = `${Math.min(...cpus).toFixed(2)}–${Math.max(...cpus).toFixed(2)}`;
      const rate = Math.round(median(all.map((cell) => cell.rate)));
      const memory = all.at(-1)?.use.memory.toFixed(0);
      console.log(
        `  ${name.padEnd(28)} ${String(rate).padStart(6)}/s   ${median(cpus).toFixed(2)} CPU s per 1,000 (${spread})   ratio ${(median(cpus) / base).toFixed(2)}   ${memory} MB`,
      );
    }
  }
} finally {
  for (const contender of contenders) await contender.stop();
  sink.kill();
  rmSync(folder, { recursive: true });
}
