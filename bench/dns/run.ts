/**
 * Domains per second and DNS questions per domain, at a DNS that answers after 35 ms:
 *
 *     node bench/dns/run.ts [--domains 200] [--delay 35] [--rounds 2] [--checkdmarc PYTHONPATH] [--python python3]
 *
 * `mailward scan --depth passive` runs as a user calls it; with `--checkdmarc`, the same domains go through checkdmarc (its folder and
 * those of its dependencies, joined by colons; it needs root, as checkdmarc asks at port 53 only). Whole processes are timed, start included, in turns; DNS is a process of its own.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { listenDns } from '../../src/net/dns-listener.ts';
import { readZone } from '../../src/range/zone.ts';
import { createZoneServer } from '../../src/range/zone-server.ts';
import { domainZone } from './zone.ts';

const { values } = parseArgs({
  options: {
    domains: { type: 'string', default: '200' },
    delay: { type: 'string', default: '35' },
    rounds: { type: 'string', default: '2' },
    checkdmarc: { type: 'string' },
    python: { type: 'string', default: 'python3' },
  },
});
const count = Number(values.domains);
/** A loopback address whose port 53 nobody else has. */
const ADDRESS = '127.53.35.1';

/** The other process: answers from the zone, and tells on demand how many questions came. */
async function serveZone(): Promise<void> {
  const answer = createZoneServer(readZone(domainZone(count).zone));
  let asked = 0;
  const counted: typeof answer = (query, transport) => {
    asked++;
    return answer(query, transport);
  };
  const { port } = await listenDns(ADDRESS, values.checkdmarc === undefined ? 0 : 53, counted, Number(values.delay));
  process.on('message', () => {
    process.send?.(asked);
    asked = 0;
  });
  process.send?.(port);
}

async function answerOf(child: ChildProcess): Promise<number> {
  const [message] = (await once(child, 'message')) as [number];
  return message;
}

interface Run {
  readonly what: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** How many domains the output tells of. */
  readonly read: (out: string) => number;
}

async function measure(run: Run, dns: ChildProcess, input: string): Promise<string> {
  const began = performance.now();
  const child = spawn(run.command, run.args, {
    env: { ...process.env, ...run.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(input);
  const [out] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const seconds = (performance.now() - began) / 1000;
  dns.send('count');
  const asked = await answerOf(dns);
  const told = run.read(out);
  if (told !== count) throw new Error(`${run.what} tells of ${told} of ${count} domains`);
  const columns = [(count / seconds).toFixed(2), (asked / count).toFixed(1), seconds.toFixed(1)];
  return `${run.what.padEnd(28)}${columns.map((column) => column.padStart(14)).join('')}`;
}

async function main(): Promise<void> {
  const dns = fork(import.meta.filename, process.argv.slice(2), { env: { ...process.env, BENCH_DNS: 'serve' } });
  try {
    const port = await answerOf(dns);
    const program = join(import.meta.dirname, '..', '..', 'bin', 'mailward.js');
    const scan = [
      'scan',
      '--input',
      '-',
      '--depth',
      'passive',
      '--json',
      '--no-save',
      '--resolver',
      `${ADDRESS}:${port}`,
    ];
    const runs: Run[] = ['1', '32'].map((concurrency) => ({
      what: `mailward, ${concurrency} at a time`,
      command: process.execPath,
      args: [program, ...scan, '--concurrency', concurrency],
      read: (out) =>
        out
          .trim()
          .split('\n')
          .filter((line) => line.includes('"mailward/report/1"')).length,
    }));
    if (values.checkdmarc !== undefined)
      runs.push({
        what: 'checkdmarc',
        command: values.python,
        args: [join(import.meta.dirname, 'peer.py'), ADDRESS],
        env: { PYTHONPATH: values.checkdmarc },
        read: Number,
      });
    const input = domainZone(count).domains.join('\n');
    console.log(
      `${count} domains, ${values.delay} ms a question\n${''.padEnd(28)}     domains/s questions/dom     seconds`,
    );
    for (let round = 0; round < Number(values.rounds); round++)
      for (const run of runs) console.log(await measure(run, dns, input));
  } finally {
    dns.kill();
  }
}

await (process.env['BENCH_DNS'] === 'serve' ? serveZone() : main());
