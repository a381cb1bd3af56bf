import { readFileSync } from 'node:fs';
import type { connect as createSocket, Socket } from 'node:net';
import type { Client, Filter } from 'ldapts';
import type { AskUpstream, RecipientWord } from '../../edge/filter.ts';
import type { Clock } from '../../net/clock.ts';
import { openPlain, secured } from '../../net/directory-connection.ts';
import { readRoots } from './certificate.ts';

/** A directory that knows which addresses exist. */
export interface DirectorySettings {
  /** `ldap://host:389` or `ldaps://host:636`. */
  readonly url: string;
  readonly startTls: boolean;
  /** A file of PEM roots to trust instead of the built-in ones. */
  readonly authority?: string | undefined;
  /** The name in its certificate, where it is not the host of the URL. */
  readonly name?: string | undefined;
  /** Who asks, and a file that holds his password in its first line; absent: anonymous. */
  readonly bind?: { readonly name: string; readonly passwordFile: string } | undefined;
  /** Below which entry addresses are looked for. */
  readonly base: string;
  /** Attributes that hold addresses; `proxyAddresses` holds them behind `smtp:`. */
  readonly attributes: readonly string[];
  /** What entries must be besides, as RFC 4515 writes it. */
  readonly filter?: string | undefined;
}

export interface Directory {
  readonly ask: AskUpstream;
  close(): Promise<void>;
}

/** Milliseconds for a connection and for an answer. */
const PATIENCE = 5_000;
/** After a failure the directory is let alone for this long. Milliseconds. */
const REST = 5_000;
/** RFC 4511 §4.14.1. */
const START_TLS = '1.3.6.1.4.1.1466.20037';

/** A connection that is safe, as far as it was to be, and on which whoever asks has said who he is. */
interface Line {
  readonly client: Promise<Client>;
  /** It has answered before, so that it may only have been kept too long. */
  answered: boolean;
}

/** What a connection takes besides its settings. */
interface Needs {
  locate(host: string): Promise<string | undefined>;
  readonly password: (() => string) | null;
  readonly roots: (() => string) | null;
}

/**
 * Asks a directory whether an address exists, over one connection that is opened anew when it breaks. What a stranger wrote is sent as a value,
 * never as a part of a filter's text (RFC 4515 §3). A directory that does not answer leaves everything open: `unknown`, never a refusal.
 * `locate` finds the address of its host, undefined if it has none; without it the system does.
 */
export function openDirectory(
  settings: DirectorySettings,
  clock: Clock,
  noted: (state: 'up' | 'down', detail: string) => void,
  locate: (host: string) => Promise<string | undefined> = async (host) => host,
): Directory {
  const { bind, authority } = settings;
  const needs: Needs = {
    locate,
    password: bind === undefined ? null : lasting(() => passwordIn(bind.passwordFile)),
    roots: authority === undefined ? null : lasting(() => readRoots(authority)),
  };
  let line: Line | null = null;
  let restUntil = Number.NEGATIVE_INFINITY;
  let state: 'up' | 'down' | null = null;
  const tell = (now: 'up' | 'down', detail: string) => {
    if (state === now) return;
    state = now;
    noted(now, detail);
  };
  const drop = async (gone: Line) => {
    // Others may have dropped it before, and opened the next.
    if (line === gone) line = null;
    const client = await gone.client.catch(() => null);
    await client?.unbind().catch(() => undefined);
  };

  return {
    async ask(address): Promise<RecipientWord> {
      for (let again = false; ; again = true) {
        if (clock.monotonic() < restUntil) return 'unknown';
        line ??= { client: connect(settings, needs), answered: false };
        const mine = line;
        try {
          const exists = await search(await mine.client, address, settings);
          mine.answered = true;
          tell('up', '');
          return exists ? 'taken' : 'refused';
        } catch (fault) {
          // Directories hang up on who is silent for long: that is no failure yet.
          const kept = mine.answered && !again;
          if (!kept) {
            restUntil = clock.monotonic() + REST;
            tell('down', fault instanceof Error ? fault.message : String(fault));
          }
          await drop(mine);
          if (!kept) return 'unknown';
        }
      }
    },
    async close() {
      if (line !== null) await drop(line);
    },
  };
}

async function search(client: Client, address: string, settings: DirectorySettings): Promise<boolean> {
  const { searchEntries } = await client.search(settings.base, {
    scope: 'sub',
    filter: await filterFor(address, settings),
    attributes: ['1.1'],
    sizeLimit: 1,
    timeLimit: PATIENCE / 1_000,
  });
  return searchEntries.length > 0;
}

/** A client that is connected, inside TLS where that is set, and bound. Rejects, having told no password, if any of that cannot be had. */
async function connect({ url, startTls, bind, name }: DirectorySettings, needs: Needs): Promise<Client> {
  const password = needs.password?.() ?? '';
  const roots = needs.roots === null ? {} : { roots: needs.roots() };
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const implicit = protocol === 'ldaps:';
  const address = await needs.locate(host);
  if (address === undefined) throw new Error(`the name ${host} is not found`);
  let socket = await openPlain({ host: address, port: Number(port) || (implicit ? 636 : 389) }, PATIENCE);
  if (startTls) await askForTls(socket);
  if (implicit || startTls) socket = await secured(socket, { name: name ?? host, ...roots }, PATIENCE);
  const client = await clientOver(socket);
  try {
    if (bind !== undefined) await client.bind(bind.name, password);
    return client;
  } catch (fault) {
    await client.unbind().catch(() => undefined);
    throw fault;
  }
}

/** Reads a file anew each time. What was read at the start counts while it cannot be: root may have been the last who was allowed to. */
function lasting(read: () => string): () => string {
  let last: string | null = null;
  const again = () => {
    try {
      last = read();
    } catch (fault) {
      if (last === null) throw fault;
    }
    return last;
  };
  try {
    again();
  } catch {
    // Whoever asks is told.
  }
  return again;
}

/** Asks for TLS by a client of its own, so that nothing said in the clear is heard as if it had been said inside (RFC 4513 §3.1.1). */
async function askForTls(socket: Socket): Promise<void> {
  const client = await clientOver(socket);
  try {
    await client.exop(START_TLS);
  } catch (fault) {
    await client.unbind().catch(() => undefined);
    throw fault;
  }
  for (const event of ['data', 'error', 'close', 'end', 'timeout']) socket.removeAllListeners(event);
}

/** A client over one connection and no other: left to itself it would connect again in the clear, and as nobody. */
async function clientOver(socket: Socket): Promise<Client> {
  const { Client } = await import('ldapts');
  let taken = false;
  const createConnection = () => {
    if (taken) throw new Error('the directory closed the connection');
    taken = true;
    return socket;
  };
  return new Client({
    // What is in it does not count beside `createConnection`, but that it is not ldaps: TLS has begun already.
    url: 'ldap://directory',
    timeout: PATIENCE,
    connectTimeout: PATIENCE,
    createConnection: createConnection as typeof createSocket,
  });
}

/** The password in the first line of a file. Throws if that is empty: it would log in as nobody, to whom no address exists (RFC 4513 §5.1.2). */
export function passwordIn(file: string): string {
  const [password = ''] = readFileSync(file, 'utf8').split(/\r?\n/);
  if (password === '') throw new Error(`${file} has no password in its first line`);
  return password;
}

/** The address, or what it is without the tag behind `+` (RFC 5233), in one of the attributes. */
async function filterFor(address: string, { attributes, filter }: DirectorySettings): Promise<Filter> {
  const { AndFilter, EqualityFilter, FilterParser, OrFilter } = await import('ldapts');
  const at = address.lastIndexOf('@');
  const plus = address.indexOf('+');
  const names = plus > 0 && plus < at ? [address, address.slice(0, plus) + address.slice(at)] : [address];
  const held = new OrFilter({
    filters: attributes.flatMap((attribute) =>
      names.map((name) => {
        const value = attribute.toLowerCase() === 'proxyaddresses' ? `smtp:${name}` : name;
        return new EqualityFilter({ attribute, value });
      }),
    ),
  });
  return filter === undefined ? held : new AndFilter({ filters: [FilterParser.parseString(filter), held] });
}
