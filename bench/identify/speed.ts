/**
 * Runs `mailward identify` over labelled texts, repeated, and tells lines for each second of processor time and of the clock.
 *
 *     node bench/identify/speed.ts FILE… [--lines 400000] [--program ./mailward]
 *
 * Start, reading and printing are counted: it is the program that a user runs, on one stream in and one out.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { labelled } from './labels.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { lines: { type: 'string', default: '400000' }, program: { type: 'string', default: './mailward' } },
});
const wanted = Number(values.lines);
/** Lines handed over in one write. */
const BATCH = 500;

const inputs: string[] = [];
for (const file of positionals) {
  for await (const { kind, text } of labelled(file)) inputs.push(`${JSON.stringify({ kind, text })}\n`);
}
if (inputs.length === 0) throw new Error('no labelled texts: name a file');

// The shell's `times` tells what its children took; the answers go past it on stdout, the figures on stderr.
const start = performance.now();
const child = spawn('sh', ['-c', '"$0" identify; times >&2', values.program], { stdio: 'pipe' });
const counted = count(child.stdout);
const figures = text(child.stderr);
const closed = once(child, 'close');
for (let at = 0; at < wanted; at += BATCH) {
  let batch = '';
  for (let line = at; line < Math.min(at + BATCH, wanted); line++) batch += inputs[line % inputs.length];
  if (!child.stdin.write(batch)) await once(child.stdin, 'drain');
}
child.stdin.end();
await closed;
const seconds = (performance.now() - start) / 1000;
const processor = secondsOf((await figures).trim().split('\n').at(-1) ?? '');
const answered = await counted;
if (answered !== wanted) throw new Error(`${answered} answers to ${wanted} lines`);
console.log(
  `${wanted} lines: ${processor.toFixed(2)} s of processor time, ${Math.round(wanted / processor)} lines a second of it; ` +
    `${seconds.toFixed(2)} s by the clock, ${Math.round(wanted / seconds)} lines a second`,
);

async function count(stream: NodeJS.ReadableStream): Promise<number> {
  let lines = 0;
  for await (const _ of createInterface({ input: stream })) lines++;
  return lines;
}

/** `0m12.340000s 0m0.560000s`: user and system time of the children. */
function secondsOf(times: string): number {
  let sum = 0;
  for (const [, minutes, rest] of times.matchAll(/(\d+)m([\d.]+)s/g)) sum += Number(minutes) * 60 + Number(rest);
  return sum;
}
