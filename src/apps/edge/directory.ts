import { readFileSync } from 'node:fs';
import type { Client, Filter } from 'ldapts';
import type { AskUpstream, RecipientWord } from '../../edge/filter.ts';
import type { Clock } from '../../net/clock.ts';

/** A directory that knows which addresses exist. */
export interface DirectorySettings {
  /** `ldap://host:389` or `ldaps://host:636`. */
  readonly url: string;
  readonly startTls: boolean;
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

/**
 * Asks a directory whether an address exists, over one connection that is opened anew when it breaks. What a stranger wrote is sent as a value,
 * never as a part of a filter's text (RFC 4515 §3). A directory that does not answer leaves everything open: `unknown`, never a refusal.
 */
export function openDirectory(
  settings: DirectorySettings,
  clock: Clock,
  noted: (state: 'up' | 'down', detail: string) => void,
): Directory {
  let opening: Promise<Client> | null = null;
  let restUntil = Number.NEGATIVE_INFINITY;
  let state: 'up' | 'down' | null = null;
  const tell = (now: 'up' | 'down', detail: string) => {
    if (state === now) return;
    state = now;
    noted(now, detail);
  };
  const drop = async () => {
    const client = await opening?.catch(() => null);
    opening = null;
    await client?.unbind().catch(() => undefined);
  };

  return {
    async ask(address): Promise<RecipientWord> {
      if (clock.monotonic() < restUntil) return 'unknown';
      try {
        opening ??= connect(settings);
        const client = await opening;
        const { searchEntries } = await client.search(settings.base, {
          scope: 'sub',
          filter: await filterFor(address, settings),
          attributes: ['1.1'],
          sizeLimit: 1,
          timeLimit: PATIENCE / 1_000,
        });
        tell('up', '');
        return searchEntries.length > 0 ? 'taken' : 'refused';
      } catch (fault) {
        // RFC 4511 §4.1.9: sizeLimitExceeded, so that there is one and more.
        if (fault instanceof Error && fault.constructor.name === 'SizeLimitExceededError') return 'taken';
        restUntil = clock.monotonic() + REST;
        tell('down', fault instanceof Error ? fault.message : String(fault));
        await drop();
        return 'unknown';
      }
    },
    close: drop,
  };
}

async function connect({ url, startTls, bind }: DirectorySettings): Promise<Client> {
  const { Client } = await import('ldapts');
  const client = new Client({ url, timeout: PATIENCE, connectTimeout: PATIENCE });
  try {
    if (startTls) await client.startTLS();
    if (bind !== undefined) {
      const [password = ''] = readFileSync(bind.passwordFile, 'utf8').split(/\r?\n/);
      await client.bind(bind.name, password);
    }
    return client;
  } catch (fault) {
    await client.unbind().catch(() => undefined);
    throw fault;
  }
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
