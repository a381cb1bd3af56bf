/**
 * Mail servers that are npm packages: installed once, at a fixed version, into the cache folder (`$MAILWARD_CACHE`, else `.cache`), without
 * their install scripts, and started on a loopback address of their own. No dependency of the tree is touched.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { CommandError, run } from './command.ts';
import { withLock } from './lock.ts';
import { freeAddress, freePort, greeting } from './loopback.ts';
import { cacheFolder, type Missing } from './packages.ts';

export interface NpmServer {
  readonly product: string;
  readonly name: string;
  readonly version: string;
  /** Writes what it wants into `folder` and says how Node starts it. `banner` is what follows `220 `; undefined for its own. */
  prepare(site: NpmSite): Promise<{ readonly args: readonly string[]; readonly cwd: string }>;
}

interface NpmSite {
  /** Where the package lies, in `node_modules`. */
  readonly installed: string;
  /** An empty folder for this run. */
  readonly folder: string;
  readonly address: string;
  readonly port: number;
  readonly banner: string | undefined;
}

export interface RunningNpmServer {
  readonly product: string;
  readonly version: string;
  readonly address: string;
  readonly port: number;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

const HOST = 'mx.example.test';
const INSTALL_TIMEOUT_MS = 4 * 60_000;
const LOCK_PATIENCE_MS = 6 * 60_000;
const START_TIMEOUT_MS = 45_000;

export const haraka: NpmServer = {
  product: 'Haraka',
  name: 'haraka',
  version: '3.3.4',
  async prepare({ installed, folder, address, port, banner }) {
    const home = join(installed, 'node_modules', 'haraka');
    await mkdir(join(folder, 'config'));
    const connection = await readFile(join(home, 'config', 'connection.ini'), 'utf8');
    const settings: Readonly<Record<string, string>> = {
      'smtp.ini': `listen=${address}:${port}\nnodes=0\n`,
      'connection.ini':
        banner === undefined
          ? connection
          : connection.replace('[message]', `[message]\ngreeting[]=${behindHost(banner) || 'ready'}`),
      me: HOST,
      plugins: '',
    };
    for (const [name, text] of Object.entries(settings)) await writeFile(join(folder, 'config', name), `${text}\n`);
    return { args: [join(home, 'bin', 'haraka'), '-c', folder], cwd: folder };
  },
};

/** Its greeting is `220 HOST ESMTP` and a text that may be given; of itself it shows none. */
export const smtpServer: NpmServer = {
  product: 'smtp-server',
  name: 'smtp-server',
  version: '3.21.6',
  async prepare({ installed, address, port, banner }) {
    const options = {
      name: HOST,
      ...(banner === undefined ? {} : { banner: behindHost(banner) }),
      authOptional: true,
      hideSTARTTLS: true,
    };
    const script = `const { SMTPServer } = await import('smtp-server');
new SMTPServer(${JSON.stringify(options)}).listen(${port}, ${JSON.stringify(address)});`;
    return { args: ['--input-type=module', '-e', script], cwd: installed };
  },
};

/** The same with STARTTLS and REQUIRETLS (RFC 8689). Each envelope that it took a message for is a line of `file`, as JSON. */
export const requireTlsServer = (
  tls: { readonly certificate: string; readonly key: string },
  file: string,
): NpmServer => ({
  ...smtpServer,
  async prepare({ installed, address, port }) {
    const options = { name: HOST, cert: tls.certificate, key: tls.key, authOptional: true, hideREQUIRETLS: false };
    const script = `const { SMTPServer } = await import('smtp-server');
const { appendFileSync } = await import('node:fs');
const onData = (stream, { envelope, secure }, done) => {
  stream.on('end', () => {
    appendFileSync(${JSON.stringify(file)}, JSON.stringify({ ...envelope, secure }) + '\\n');
    done();
  }).resume();
};
new SMTPServer({ ...${JSON.stringify(options)}, onData }).listen(${port}, ${JSON.stringify(address)});`;
    return { args: ['--input-type=module', '-e', script], cwd: installed };
  },
});

/** What stands behind `HOST ESMTP`, which both servers write themselves. */
function behindHost(banner: string): string {
  return banner.replace(`${HOST} ESMTP`, '').trim();
}

/** Starts a server and waits for its greeting; a machine that cannot have it says why. `banner` is what follows `220 `; undefined for its own. */
export async function startNpmServer(
  server: NpmServer,
  banner: string | undefined,
): Promise<RunningNpmServer | Missing> {
  const installed = await install(server);
  if (typeof installed !== 'string') return installed;
  const folder = await mkdtemp(join(tmpdir(), `mailward-${server.name}-`));
  const address = freeAddress();
  const port = await freePort(address);
  const { args, cwd } = await server.prepare({ installed, folder, address, port, banner });
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  const orphaned = () => child.kill('SIGKILL');
  process.once('exit', orphaned);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (said = `${said}${bytes}`.slice(-4_000)));
  const stop = async () => {
    process.off('exit', orphaned);
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const died = new AbortController();
  void ended.then(() => died.abort());
  const signal = AbortSignal.any([died.signal, AbortSignal.timeout(START_TIMEOUT_MS)]);
  if ((await greeting(address, port, signal)) === undefined) {
    await stop();
    throw new Error(`${server.product} did not greet: ${said}`);
  }
  return { product: server.product, version: server.version, address, port, pid: child.pid as number, stop };
}

/** Runs `body` against the server and stops it afterwards; a machine that cannot have it skips, or fails with `MAILWARD_NO_SKIP=1`. */
export async function withNpmServer(
  t: TestContext,
  server: NpmServer,
  banner: string | undefined,
  body: (running: RunningNpmServer) => Promise<void>,
): Promise<void> {
  const running = await startNpmServer(server, banner);
  if ('kind' in running) {
    if (process.env['MAILWARD_NO_SKIP'] === '1') throw new Error(running.reason);
    t.skip(running.reason);
    return;
  }
  try {
    await body(running);
  } finally {
    await running.stop();
  }
}

/** Brings a server into the cache, so that tests need no network. */
export async function fetchNpmServer(server: NpmServer): Promise<Missing | undefined> {
  const installed = await install(server);
  return typeof installed === 'string' ? undefined : installed;
}

/** The folder whose `node_modules` has the server, installing it first where it lacks. */
async function install({ name, version }: NpmServer): Promise<string | Missing> {
  const folder = join(cacheFolder(), 'npm', `${name}-${version}`);
  const whole = join(folder, 'installed');
  try {
    await mkdir(folder, { recursive: true });
    await withLock(join(cacheFolder(), 'npm', `${name}.lock`), LOCK_PATIENCE_MS, async () => {
      if (existsSync(whole)) return;
      await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
      const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--omit=dev', '--prefer-offline'];
      await run('npm', ['install', ...options, `${name}@${version}`], { cwd: folder, timeoutMs: INSTALL_TIMEOUT_MS });
      const found = JSON.parse(await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8')) as {
        readonly version: string;
      };
      await writeFile(whole, found.version);
    });
    return folder;
  } catch (cause) {
    if (!(cause instanceof CommandError)) throw cause;
    return { kind: 'missing', reason: `the npm package ${name} ${version} cannot be had: ${cause.message}` };
  }
}
