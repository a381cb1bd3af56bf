/**
 * Names real servers with their greeting shown, hidden and forged, by mailward and by nmap -sV, and tells product, version, seconds and
 * connections of each.
 *
 *     node bench/identify/peers.ts
 *
 * Both meet the same server through the same front, which counts connections and, where a server cannot change its greeting, changes it.
 * Wants the packages of the tests (scripts/fetch-servers.ts) and Debian's nmap, which is unpacked beside them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { identify } from '../../src/platform/identify.ts';
import { readRange, within } from '../../src/platform/version-range.ts';
import { CommandError, run } from '../../test/harness/command.ts';
import { FORGED, listen, MAILBOX_PROTOCOLS } from '../../test/harness/mailbox-dialogue.ts';
import { haraka, type NpmServer, smtpServer, startNpmServer } from '../../test/harness/npm-server.ts';
import { packages } from '../../test/harness/packages.ts';
import { cyrus, dovecot, servers } from '../../test/harness/servers/index.ts';

const GREETINGS = ['stock', 'hidden', 'forged'] as const;
type Greeting = (typeof GREETINGS)[number];
const HOST = 'mx.example.test';
const PROGRAM = join(import.meta.dirname, '..', '..', 'src', 'apps', 'cli', 'main.ts');

interface Met {
  readonly product: string;
  readonly version: string;
  readonly address: string;
  readonly port: number;
  readonly mailbox: boolean;
  readonly stop: () => Promise<void>;
}

interface Answer {
  readonly product: string;
  readonly version: string | null;
  readonly range: string | null;
}

interface Measured extends Answer {
  readonly seconds: number;
  readonly connections: number;
}

/** Counts connections to a server, and puts `greeting` in the place of its first line where one is given. */
async function front(met: Met, greeting: string | null) {
  let connections = 0;
  const listener = createServer((client) => {
    connections++;
    const server = connect(met.port, met.address);
    let first = greeting;
    server.on('data', (bytes: Buffer) => {
      const said = bytes.toString('latin1');
      client.write(first === null ? bytes : Buffer.from(said.replace(/^.*\r\n/, `${first}\r\n`), 'latin1'));
      first = null;
    });
    client.on('data', (bytes) => server.write(bytes));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('end', () => other.end());
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  }).listen(0, met.address);
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  return { address: met.address, port, count: () => connections, close: () => listener.close() };
}

async function measured(met: Met, greeting: string | null, ask: (address: string, port: number) => Promise<Answer>) {
  const at = await front(met, greeting);
  const start = performance.now();
  const answer = await ask(at.address, at.port);
  const seconds = (performance.now() - start) / 1000;
  at.close();
  return { ...answer, seconds, connections: at.count() } satisfies Measured;
}

const NOBODY: Answer = { product: 'unknown', version: null, range: null };

async function byScan(address: string, port: number): Promise<Answer> {
  // It ends with 1 where it finds something, which is no failure here.
  const child = spawn(process.execPath, [PROGRAM, 'scan', `${address}:${port}`, '--json', '--no-save', '--quiet']);
  const { servers } = JSON.parse(await text(child.stdout)) as {
    readonly servers: readonly [{ readonly endpoints: readonly [{ readonly identity: ReturnType<typeof identify> }] }];
  };
  return told(servers[0].endpoints[0].identity);
}

async function byDialogue(address: string, port: number): Promise<Answer> {
  const imap = MAILBOX_PROTOCOLS.find(({ name }) => name === 'imap');
  if (imap === undefined) return NOBODY;
  const lines = await listen({ address, port }, imap);
  return told(identify([{ kind: 'transcript', text: lines.join('\n') }]));
}

function told({ product, version, versionRange }: ReturnType<typeof identify>): Answer {
  return { product: product ?? 'unknown', version, range: versionRange };
}

async function byNmap(address: string, port: number): Promise<Answer> {
  const unpacked = await packages(['nmap', 'nmap-common']);
  if (unpacked.kind === 'missing') throw new CommandError(unpacked.reason);
  const args = [
    '-sT',
    '-sV',
    '-Pn',
    '-n',
    '-p',
    String(port),
    '-oX',
    '-',
    '--datadir',
    `${unpacked.root}/usr/share/nmap`,
  ];
  const env = {
    ...process.env,
    LD_LIBRARY_PATH: unpacked.libraries.flatMap((folder) => [folder, join(folder, 'blas')]).join(':'),
  };
  const xml = await run(`${unpacked.root}/usr/bin/nmap`, [...args, address], { env, timeoutMs: 240_000 });
  const service = /<service [^>]*>/.exec(xml)?.[0] ?? '';
  const attribute = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(service)?.[1] ?? null;
  return { product: attribute('product') ?? 'unknown', version: attribute('version'), range: null };
}

async function meet(product: string, greeting: Greeting): Promise<{ readonly met: Met; readonly line: string | null }> {
  const mailbox = [dovecot, cyrus].find((one) => one.product === product);
  const forged = product === 'Exim' ? `${HOST} ESMTP Postfix (2.11.3)` : `${HOST} ESMTP Exim 4.84.2`;
  const wanted = greeting === 'hidden' ? `${HOST} ESMTP` : forged;
  const debian = mailbox ?? servers.find((one) => one.product === product);
  if (debian !== undefined) {
    const banner = greeting === 'stock' ? 'stock' : debian.hides && mailbox === undefined ? wanted : 'hidden';
    const running = await debian.start({ banner });
    if ('kind' in running) throw new CommandError(running.reason);
    const { version, address } = running;
    const port = mailbox === undefined ? running.port : (running.ports['imap'] ?? 0);
    const met = { product, version, address, port, mailbox: mailbox !== undefined, stop: () => running.stop() };
    if (mailbox !== undefined) return { met, line: greeting === 'forged' ? FORGED.imap.replace('S: ', '') : null };
    return { met, line: greeting === 'stock' || debian.hides ? null : `220 ${wanted}` };
  }
  const own = [haraka, smtpServer].find((one) => one.product === product) as NpmServer;
  const running = await startNpmServer(own, greeting === 'stock' ? undefined : wanted);
  if ('kind' in running) throw new CommandError(running.reason);
  return { met: { ...running, mailbox: false }, line: greeting === 'stock' ? null : `220 ${wanted}` };
}

/** `right`, `wrong` or `unknown`, and the same of the version. */
function judged(met: Met, answer: Answer): string {
  const word = met.product.split(' ')[0]?.toLowerCase() ?? '';
  if (answer.product === 'unknown') return 'unknown';
  if (!answer.product.toLowerCase().includes(word)) return 'WRONG';
  if (answer.version !== null)
    return met.version.startsWith(answer.version) || answer.version.startsWith(met.version)
      ? 'right, version'
      : 'right, WRONG VERSION';
  if (answer.range === null) return 'right';
  return within(met.version, readRange(answer.range)) ? 'right, range' : 'right, WRONG RANGE';
}

const tally = new Map<string, number>();
const products = [...servers, dovecot, cyrus, haraka, smtpServer].map(({ product }) => product);
for (const product of products) {
  for (const greeting of GREETINGS) {
    const { met, line } = await meet(product, greeting);
    try {
      const answers = [
        ['mailward', await measured(met, line, met.mailbox ? byDialogue : byScan)],
        ['nmap -sV', await measured(met, line, byNmap)],
      ] as const;
      for (const [who, answer] of answers) {
        const judgement = judged(met, answer);
        tally.set(`${who} ${greeting}: ${judgement}`, (tally.get(`${who} ${greeting}: ${judgement}`) ?? 0) + 1);
        console.log(
          `${product.padEnd(11)} ${met.version.padEnd(9)} ${greeting.padEnd(6)} ${who}  ${judgement.padEnd(14)} ${answer.seconds.toFixed(1).padStart(6)} s ${String(answer.connections).padStart(3)} connections  ${answer.product} ${answer.version ?? answer.range ?? ''}`,
        );
      }
    } finally {
      await met.stop();
    }
  }
}
console.log(
  [...tally]
    .sort()
    .map(([what, count]) => `${what} ${count}`)
    .join('\n'),
);
