/** `mailward edge` as a process of its own, from its sources or as it was built, with a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface EdgeSettings {
  /** `host:port` of the server behind it, or YAML in brackets or braces for more than one. */
  readonly upstream: string;
  /** Further lines of the configuration, YAML. */
  readonly config?: string;
  readonly domains?: readonly string[];
  /** Default: a free port of 127.0.0.1. */
  readonly listen?: string | readonly string[];
  /** A file of roots (PEM) to trust beside the built-in ones, as an operator sets it by NODE_EXTRA_CA_CERTS. */
  readonly roots?: string;
  /** Runs the program that `npm run build` made, as users do. */
  readonly built?: boolean;
  /** The folder of its state; default: `data` in its own. */
  readonly data?: string;
  /** Words before the command, such as `unshare`, which must become the command in the same process. */
  readonly within?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningEdge {
  readonly address: string;
  readonly port: number;
  /** Of all doors, in the order of `listen`; `port` is the first. */
  readonly ports: readonly number[];
  readonly pid: number;
  /** Of the pages for machines; 0 if there are none. */
  readonly metricsPort: number;
  readonly folder: string;
  /** The file of the configuration, which a test may change before a SIGHUP. */
  readonly file: string;
  /** The log's events so far. */
  events(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** What it said to its operator. */
  readonly said: string;
  signal(name: 'SIGTERM' | 'SIGHUP' | 'SIGKILL'): void;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Starts it again on the same port, with the same folder. */
  again(): Promise<RunningEdge>;
  stop(): Promise<number | string>;
}

const ROOT = join(import.meta.dirname, '..', '..');
const SOURCE = join(ROOT, 'src', 'apps', 'cli', 'main.ts');
const BUILT = join(ROOT, 'bin', 'mailward.js');
/** From start to its line of readiness, on a busy machine. */
const READY_MS = 30_000;

export async function startEdge(settings: EdgeSettings): Promise<RunningEdge> {
  const folder = await mkdtemp(join(tmpdir(), 'mailward-edge-'));
  return launch(settings, folder, settings.listen ?? '127.0.0.1:0');
}

async function launch(
  settings: EdgeSettings,
  folder: string,
  listen: string | readonly string[],
): Promise<RunningEdge> {
  const file = join(folder, 'edge.yaml');
  const domains = settings.domains ?? ['example.test'];
  await writeFile(
    file,
    `listen: ${JSON.stringify([listen].flat())}\nupstream: ${/^[[{]/.test(settings.upstream) ? settings.upstream : `"${settings.upstream}"`}\ndomains: [${domains.join(', ')}]\nhostName: mx.edge.test\ndata: ${settings.data ?? `${folder}/data`}\n${/^#? ?workers:/m.test(settings.config ?? '') ? '' : 'workers: 1\n'}${settings.config ?? ''}\n`,
  );
  const main = settings.built === true ? BUILT : SOURCE;
  const [program = '', ...args] = [...(settings.within ?? []), process.execPath, main, 'edge', '--config', file];
  const roots = settings.roots === undefined ? {} : { NODE_EXTRA_CA_CERTS: settings.roots };
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...roots, ...settings.env },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const { ports, metricsPort } = await readyPorts(child, ended, () => said);
  const [port = 0] = ports;
  const running: RunningEdge = {
    address: '127.0.0.1',
    port,
    ports,
    metricsPort,
    pid: child.pid as number,
    folder,
    file,
    events: async () =>
      (await readFile(join(folder, 'data', 'log', 'edge.ndjson'), 'utf8').catch(() => ''))
        .split('\n')
        // Behind the last line end stands what is being written.
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    get said() {
      return said;
    },
    signal: (name) => void child.kill(name),
    ended,
    async again() {
      await ended;
      return launch(settings, folder, `127.0.0.1:${port}`);
    },
    async stop() {
      child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), 40_000);
      const code = await ended;
      clearTimeout(hard);
      await rm(folder, { recursive: true, force: true });
      return code;
    },
  };
  return running;
}

async function readyPorts(
  child: ChildProcess,
  ended: Promise<unknown>,
  said: () => string,
): Promise<{ readonly ports: readonly number[]; readonly metricsPort: number }> {
  const lines = createInterface({ input: child.stdout! });
  const late = AbortSignal.timeout(READY_MS);
  const line = await Promise.race([
    once(lines, 'line', { signal: late }).then(([text]) => String(text)),
    ended.then(() => Promise.reject(new Error(`the edge ended: ${said()}`))),
  ]);
  const ready = JSON.parse(line) as {
    schema: string;
    listening: readonly { port: number }[];
    metrics?: { port: number };
  };
  if (ready.schema !== 'mailward/edge-ready/1') throw new Error(`not the line of readiness: ${line}`);
  return { ports: ready.listening.map(({ port }) => port), metricsPort: ready.metrics?.port ?? 0 };
}

/** Runs `body` with an edge and stops it afterwards. */
export async function withEdge(settings: EdgeSettings, body: (edge: RunningEdge) => Promise<void>): Promise<void> {
  const edge = await startEdge(settings);
  try {
    await body(edge);
  } finally {
    await edge.stop();
  }
}
