/** Who is measured beside the edge, each in front of the same sink. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEdge } from '../../test/harness/edge.ts';
import { freePort, greeting } from '../../test/harness/loopback.ts';
import { haraka, type NpmServer, smtpServer, startNpmServer } from '../../test/harness/npm-server.ts';
import { packages } from '../../test/harness/packages.ts';
import { postfixProxy } from './postfix-proxy.ts';
import { processWith } from './process-tree.ts';

export interface Contender {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** All its processes descend from this one. */
  readonly root: number;
  stop(): Promise<unknown>;
}

/** Postfix's own generator and sink, unpacked from its packages. */
export interface Tools {
  readonly source: string;
  readonly sink: string;
  readonly env: NodeJS.ProcessEnv;
}

const DOMAIN = 'example.test';
const START_MS = 10_000;

export async function postfixTools(): Promise<Tools> {
  const files = await packages(['postfix']);
  if (files.kind === 'missing') throw new Error(files.reason);
  return {
    source: join(files.root, 'usr/sbin/smtp-source'),
    sink: join(files.root, 'usr/sbin/smtp-sink'),
    env: { ...process.env, LD_LIBRARY_PATH: [...files.libraries, join(files.root, 'usr/lib/postfix')].join(':') },
  };
}

/** The sink, which is a contender too: nobody can be faster than who sends straight to it. */
export async function startSink({ sink, env }: Tools): Promise<Contender> {
  const port = await freePort('127.0.0.1');
  const asNobody = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn(sink, [...asNobody, '-m', '1024', `127.0.0.1:${port}`, '2048'], { env, stdio: 'ignore' });
  return running('straight to the sink', child, port);
}

/** Starts `edge` as it comes, `edge:N` with so many workers, or one of the others. */
export async function startContender(kind: string, next: number): Promise<Contender> {
  const [what, number] = kind.split(':');
  switch (what) {
    case 'edge':
      return edge(number ?? 'default', next);
    case 'postfix':
      return postfix(next);
    case 'haraka':
      return npm('Haraka, bare', harakaForward(next));
    case 'smtp-server':
      return npm('smtp-server, handing on', smtpServerForward(next));
    case 'raw':
      return raw();
    default:
      throw new Error(`${kind} is none of edge, edge:N, postfix, haraka, smtp-server, raw`);
  }
}

async function edge(workers: string, next: number): Promise<Contender> {
  const setting = workers === 'default' ? '# workers: as many as cores' : `workers: ${workers}`;
  const started = await startEdge({
    upstream: `127.0.0.1:${next}`,
    domains: [DOMAIN],
    config: `${setting}\nexempt: [127.0.0.0/8]`,
    built: true,
  });
  return {
    name: `edge, ${workers === 'default' ? 'as it comes' : `workers: ${workers}`}`,
    address: started.address,
    port: started.port,
    root: started.pid,
    stop: () => started.stop(),
  };
}

async function postfix(next: number): Promise<Contender> {
  const started = await postfixProxy({ address: '127.0.0.1', port: next }).start({ domain: DOMAIN });
  if ('kind' in started) throw new Error(started.reason);
  return {
    name: 'Postfix, before-queue proxy',
    address: started.address,
    port: started.port,
    root: processWith(`${started.folder}/init.sh`),
    stop: () => started.stop(),
  };
}

async function npm(name: string, server: NpmServer): Promise<Contender> {
  const started = await startNpmServer(server, undefined);
  if ('kind' in started) throw new Error(started.reason);
  return { name, address: started.address, port: started.port, root: started.pid, stop: () => started.stop() };
}

/** Haraka that looks whether the domain is ours and hands on, and does nothing else. */
function harakaForward(next: number): NpmServer {
  return {
    ...haraka,
    async prepare(site) {
      const started = await haraka.prepare(site);
      const settings: Readonly<Record<string, string>> = {
        plugins: 'rcpt_to.in_host_list\nqueue/smtp_forward',
        host_list: DOMAIN,
        'smtp_forward.ini': `host=127.0.0.1\nport=${next}`,
      };
      for (const [file, text] of Object.entries(settings))
        await writeFile(join(site.folder, 'config', file), `${text}\n`);
      return started;
    },
  };
}

/** smtp-server that hands on by nodemailer's connection, which it depends on itself, and answers when the next hop has. */
function smtpServerForward(next: number): NpmServer {
  return {
    ...smtpServer,
    async prepare({ installed, address, port }) {
      const script = `const { SMTPServer } = await import('smtp-server');
const { default: SMTPConnection } = await import('nodemailer/lib/smtp-connection/index.js');
const forward = ({ envelope: { mailFrom, rcptTo } }, stream, done) => {
  const next = new SMTPConnection({ host: '127.0.0.1', port: ${next}, ignoreTLS: true });
  next.on('error', done);
  next.connect(() => next.send({ from: mailFrom.address, to: rcptTo.map(({ address }) => address) }, stream, (fault) => {
    next.quit();
    done(fault);
  }));
};
new SMTPServer({ authOptional: true, hideSTARTTLS: true, disableReverseLookup: true, maxClients: 10000,
  onData: (stream, session, done) => forward(session, stream, done) }).listen(${port}, ${JSON.stringify(address)});`;
      return { args: ['--input-type=module', '-e', script], cwd: installed };
    },
  };
}

async function raw(): Promise<Contender> {
  const port = await freePort('127.0.0.1');
  const child = spawn(process.execPath, [join(import.meta.dirname, 'raw-smtp.ts'), String(port)], { stdio: 'ignore' });
  return running('node:net alone, discards', child, port);
}

async function running(name: string, child: ChildProcess, port: number): Promise<Contender> {
  if ((await greeting('127.0.0.1', port, AbortSignal.timeout(START_MS))) === undefined)
    throw new Error(`${name} did not greet`);
  return { name, address: '127.0.0.1', port, root: child.pid as number, stop: async () => child.kill() };
}
