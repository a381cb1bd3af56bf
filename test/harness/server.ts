/** Real mail servers for tests: each is a recipe in `servers/`, started here on a loopback address of its own. */
import type { TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type Jail, MAIL_USER, openJail, type Place, type Way } from './jail.ts';
import { freeAddress, freePort, greeting } from './loopback.ts';
import { type Missing, packages } from './packages.ts';

export interface ServerOptions {
  /** Default: a free loopback address and port. */
  readonly address?: string;
  readonly port?: number;
  /** The greeting: as the product ships it, with product and version left out, or this text. Default: `stock`. */
  readonly banner?: 'stock' | 'hidden' | (string & {});
  /** PEM texts. Without them the server offers no STARTTLS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** The domain that the server takes mail for. Default: `example.test`. */
  readonly domain?: string;
  /** Where mail for other domains goes. Without it, it is refused or waits. */
  readonly nextHop?: NextHop;
  /** Local parts that have a mailbox. Default: `alice` and `bob`. */
  readonly accounts?: readonly string[];
}

export interface NextHop {
  readonly address: string;
  readonly port: number;
  /** Inside TLS, whoever it is, or in the clear. Default: as the product ships it. */
  readonly tls?: boolean;
}

export interface RunningServer {
  readonly product: string;
  readonly hostName: string;
  readonly domain: string;
  readonly address: string;
  readonly port: number;
  /** Other ports by protocol, for a server that has more than one. */
  readonly ports: Readonly<Record<string, number>>;
  /** The upstream version, as in `4.96`. */
  readonly version: string;
  /** All that it printed and logged. */
  log(): Promise<string>;
  /** The messages in a user's mailbox, oldest first. */
  mailbox(user: string): Promise<readonly string[]>;
  /** Where it runs: configuration and state lie below. Its files may be readable from beside it only. */
  readonly folder: string;
  /** Runs a program of the server's packages beside it. */
  exec(program: string, args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** What a recipe is told: options with their defaults filled in. */
export interface Site extends Place {
  readonly address: string;
  readonly port: number;
  readonly ports: Readonly<Record<string, number>>;
  readonly domain: string;
  /** `mx.` and the domain. */
  readonly hostName: string;
  /** What follows `220 `, or undefined for the product's own. */
  readonly banner: string | undefined;
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
  readonly nextHop: NextHop | undefined;
  readonly accounts: readonly string[];
  readonly version: string;
}

/** How one product is started. Paths in `texts` lie below the run's folder; mail lands as Maildir in `mail/USER`. */
export interface Recipe {
  readonly product: string;
  readonly packages: readonly [string, ...string[]];
  readonly ways: readonly Way[];
  /** False if the product's name cannot be taken out of its greeting. */
  readonly hides: boolean;
  readonly users?: readonly { readonly name: string; readonly home?: string }[];
  /** True if the product looks accounts up among the machine's users. */
  readonly accountsAreUsers?: boolean;
  /** Names of further ports. */
  readonly ports?: readonly string[];
  /** Names whose line `/etc/hosts` must have, beside the server's own. */
  readonly hosts?: (address: string) => readonly string[];
  /** Log files below the folder. */
  readonly logs?: readonly string[];
  /** True if a line must be read before it is ready. Default: true. DNS servers answer instead (`ready`). */
  readonly ready?: (site: Site, signal: AbortSignal) => Promise<boolean>;
  texts(site: Site): Readonly<Record<string, string>>;
  setup?(site: Site): string;
  command(site: Site): string;
}

export interface Server {
  readonly product: string;
  readonly hides: boolean;
  /** Starts the server and waits for its greeting. Throws if it is all there and still does not come up. */
  start(options?: ServerOptions): Promise<RunningServer | Missing>;
  /** Brings the files it needs into the cache. */
  fetch(): Promise<Missing | undefined>;
}

/** From start to greeting: Postfix takes two seconds on a quiet machine, and tests run on busy ones. */
const START_TIMEOUT_MS = 45_000;

export function server(recipe: Recipe): Server {
  return {
    product: recipe.product,
    hides: recipe.hides,
    start: (options = {}) => start(recipe, options),
    async fetch() {
      const files = await packages(recipe.packages);
      return files.kind === 'missing' ? files : undefined;
    },
  };
}

async function start(recipe: Recipe, options: ServerOptions): Promise<RunningServer | Missing> {
  const files = await packages(recipe.packages);
  if (files.kind === 'missing') return files;
  const version = upstream(files.versions[recipe.packages[0]] ?? '');
  const address = options.address ?? freeAddress();
  const port = options.port ?? (await freePort(address));
  const ports: Record<string, number> = {};
  for (const name of recipe.ports ?? []) ports[name] = await freePort(address);
  const domain = options.domain ?? 'example.test';
  const hostName = `mx.${domain}`;
  const { banner = 'stock', accounts = ['alice', 'bob'] } = options;
  const site = (place: Place): Site => ({
    ...place,
    address,
    port,
    ports,
    domain,
    hostName,
    banner: banner === 'stock' ? undefined : banner === 'hidden' ? `${hostName} ESMTP` : banner,
    tls: options.tls && { certificate: `${place.folder}/tls/cert.pem`, key: `${place.folder}/tls/key.pem` },
    nextHop: options.nextHop,
    accounts,
    version,
  });
  let described: Site | undefined;
  const jail = await openJail(
    {
      name: recipe.product.toLowerCase(),
      files,
      users: [
        ...(recipe.users ?? []),
        ...(recipe.accountsAreUsers ? accounts.map((name) => ({ name, home: '/' })) : []),
      ],
      hosts: [`${address} ${hostName}`, ...(recipe.hosts?.(address) ?? [])],
      ways: recipe.ways,
    },
    (place) => {
      const here = site(place);
      described = here;
      const pem = options.tls && { 'tls/cert.pem': options.tls.certificate, 'tls/key.pem': options.tls.key };
      return {
        texts: { ...pem, ...recipe.texts(here) },
        setup: [
          pem && 'chmod 600 tls/key.pem',
          `mkdir mail && own ${MAIL_USER}:${MAIL_USER} mail`,
          recipe.setup?.(here),
        ]
          .filter(Boolean)
          .join('\n'),
        command: recipe.command(here),
      };
    },
  );
  if ('kind' in jail) return jail;
  const log = () => readLog(jail, recipe);
  try {
    await comeUp(jail, recipe, described!);
  } catch (cause) {
    const said = await log().catch(String);
    await jail.stop();
    throw new Error(`${recipe.product} did not come up. Its log: ${said.slice(-2000)}`, { cause });
  }
  return {
    product: recipe.product,
    hostName,
    domain,
    address,
    port,
    ports,
    version,
    folder: jail.folder,
    log,
    mailbox: (user) => readMaildir(jail, user),
    exec: (program, args) => jail.exec(program, args),
    stop: () => jail.stop(),
  };
}

async function comeUp(jail: Jail, recipe: Recipe, site: Site): Promise<void> {
  const died = new AbortController();
  void jail.ended.then(() => died.abort());
  const signal = AbortSignal.any([died.signal, AbortSignal.timeout(START_TIMEOUT_MS)]);
  const ready = recipe.ready ?? (async () => (await greeting(site.address, site.port, signal)) !== undefined);
  if (!(await ready(site, signal))) throw new Error(died.signal.aborted ? 'it ended' : 'it did not answer in time');
}

async function readLog(jail: Jail, { logs = [] }: Recipe): Promise<string> {
  const texts = [await jail.output()];
  for (const path of logs) texts.push(await jail.exec('cat', [`${jail.folder}/${path}`]).catch(() => ''));
  return texts.join('');
}

async function readMaildir(jail: Jail, user: string): Promise<readonly string[]> {
  const folder = `${jail.folder}/mail/${user}`;
  const listed = await jail
    .exec('find', [folder, '-type', 'f', '-path', '*/[nc]e[wu]*/*', '-printf', '%T@ %p\n'])
    .catch(() => '');
  const paths = listed.split('\n').filter(Boolean).sort();
  return Promise.all(paths.map((line) => jail.exec('cat', [line.slice(line.indexOf(' ') + 1)])));
}

/** `1:8.17.1.9-2+deb12u2` without epoch and Debian's revision. */
const upstream = (version: string): string => version.replace(/^\d+:/, '').replace(/[-+].*$/, '');

const POLL_MS = 50;

/** The messages of a mailbox as soon as there are `count`. Throws with the server's log if they do not arrive within `timeoutMs`. */
export async function arrived(
  running: RunningServer,
  user: string,
  count = 1,
  timeoutMs = 20_000,
): Promise<readonly string[]> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const messages = await running.mailbox(user);
    if (messages.length >= count) return messages;
    if (performance.now() > until) {
      throw new Error(
        `${messages.length} of ${count} messages reached ${user}. Log: ${(await running.log()).slice(-3000)}`,
      );
    }
    await wait(POLL_MS);
  }
}

/**
 * Runs `body` against a server and stops it afterwards. On a machine that cannot have the server the test is skipped and says what it
 * wants; with `MAILWARD_NO_SKIP=1`, as in CI, it fails instead.
 */
export async function withServer(
  t: TestContext,
  wanted: Server,
  options: ServerOptions,
  body: (running: RunningServer) => Promise<void>,
): Promise<void> {
  const running = await wanted.start(options);
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
