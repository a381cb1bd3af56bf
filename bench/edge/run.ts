/**
 * Messages a second and CPU a message: the edge as it was built beside others, all in front of the same sink, fed by the same generator, in
 * turns. `npm run build && node bench/edge/run.ts [--rounds 3] [--messages 4000] [--size 1,10,100] [--sessions 50] [--persist]
 * [--who edge,edge:1,postfix,haraka,smtp-server,raw]`; all ratios are to Postfix's before-queue proxy.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Contender, postfixTools, startContender, startSink } from './contenders.ts';
import { type Use, useOf } from './process-tree.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    messages: { type: 'string', default: '4000' },
    size: { type: 'string', default: '1,10,100' },
    sessions: { type: 'string', default: '50' },
    who: { type: 'string', default: 'edge,edge:1,postfix,haraka,smtp-server,raw' },
    persist: { type: 'boolean', default: false },
  },
});
const sessions = Number(values.sessions);

interface Cell {
  readonly rate: number;
  /** Seconds for 1,000 messages. */
  readonly cpu: number;
  readonly use: Use;
}

const tools = await postfixTools();
const folder = mkdtempSync(join(tmpdir(), 'mailward-bench-'));
const sink = await startSink(tools);
const contenders: Contender[] = [];

async function feed(contender: Contender, file: string, messages: number): Promise<Cell> {
  const before = useOf(contender.root);
  const began = performance.now();
  const source = spawn(
    tools.source,
    [
      ...['-s', String(sessions), '-m', String(messages), '-C', '20', '-F', file, '-M', 'mx.sender.test'],
      ...(values.persist ? ['-d'] : []),
      ...['-f', 'a@sender.test', '-t', 'bob@example.test', `${contender.address}:${contender.port}`],
    ],
    { env: tools.env, stdio: ['ignore', 'ignore', 'inherit'], timeout: 300_000 },
  );
  const [code] = await once(source, 'exit');
  if (code !== 0) throw new Error(`smtp-source against ${contender.name} ended with ${code}`);
  const seconds = (performance.now() - began) / 1000;
  // What is done behind the last answer counts too.
  await new Promise((resolve) => setTimeout(resolve, 200));
  const use = useOf(contender.root);
  return { rate: messages / seconds, cpu: ((use.cpu - before.cpu) * 1000) / messages, use };
}

const text = (kilobytes: number): string => {
  const line = 'The quick brown fox jumps over the lazy dog, and then sits down to write a letter.\n';
  return `From: <a@sender.test>\nTo: <bob@example.test>\nSubject: bench\nDate: Mon, 1 Jan 2024 00:00:00 +0000\nMessage-ID: <1@sender.test>\n\n${line.repeat(Math.ceil((kilobytes * 1000) / line.length))}`;
};
const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] as number;

function show(cells: ReadonlyMap<string, readonly Cell[]>): void {
  const base = [...cells].find(([name]) => name.startsWith('Postfix'))?.[1] ?? [];
  const of = (all: readonly Cell[], value: (cell: Cell) => number) => (all.length === 0 ? 1 : median(all.map(value)));
  for (const [name, all] of cells) {
    const cpus = all.map(({ cpu }) => cpu);
    const spread = `${Math.min(...cpus).toFixed(2)}–${Math.max(...cpus).toFixed(2)}`;
    const [cpu, rate] = [of(all, (cell) => cell.cpu), of(all, (cell) => cell.rate)];
    console.log(
      `  ${name.padEnd(28)} ${rate.toFixed(0).padStart(6)}/s (${(rate / of(base, (cell) => cell.rate)).toFixed(2)})   ` +
        `${cpu.toFixed(2)} CPU s per 1,000 (${spread})   ratio ${(cpu / of(base, (cell) => cell.cpu)).toFixed(2)}   ` +
        `${all.at(-1)?.use.memory.toFixed(0)} MB, ${all.at(-1)?.use.processes} processes`,
    );
  }
}

try {
  for (const kind of values.who.split(',')) contenders.push(await startContender(kind, sink.port));
  contenders.push(sink);
  console.log(
    `${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}, ${sessions} sessions, ${values.persist ? 'sessions kept' : 'one connection a message'}`,
  );
  let cold = true;
  for (const kilobytes of values.size.split(',').map(Number)) {
    const file = join(folder, `${kilobytes}.eml`);
    writeFileSync(file, text(kilobytes), { mode: 0o644 });
    const messages = Math.max(500, Math.round(Number(values.messages) / Math.max(1, kilobytes / 20)));
    const cells = new Map<string, Cell[]>(contenders.map(({ name }) => [name, []]));
    // The first time is for caches and process pools, and at the very first for compilers too.
    for (let time = 0; time < (cold ? 2 : 1); time++)
      for (const contender of contenders) await feed(contender, file, messages);
    cold = false;
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const contender of contenders) cells.get(contender.name)?.push(await feed(contender, file, messages));
    }
    console.log(`\n${kilobytes} KB, ${messages} messages, ${values.rounds} rounds`);
    show(cells);
  }
} finally {
  for (const contender of new Set([...contenders, sink])) await contender.stop();
  rmSync(folder, { recursive: true });
}
