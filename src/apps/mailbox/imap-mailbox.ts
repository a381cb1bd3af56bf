import type { ImapFlow } from 'imapflow';
import { UnreachedError, type UnreachedReason } from '../../finding/unreached.ts';
import { type ImapPlace, mayGoInClear } from './imap-url.ts';

/** Milliseconds for one step of the connection. */
const STEP_MS = 15_000;
/** Messages with a token that are fetched, and bytes of each: a report quotes its token near its beginning. */
const MESSAGES_MOST = 20;
const MESSAGE_MOST = 1_048_576;

/** A folder of an IMAP account that is looked into again and again over one connection. */
export interface ImapMailbox {
  /** Messages that hold `token` and came no earlier than the day of `since`, raw. Rejects with an `UnreachedError` if the account cannot be read. */
  holding(token: string): Promise<readonly Buffer[]>;
  close(): Promise<void>;
}

/**
 * Reads an account's folder without changing it (EXAMINE, BODY.PEEK). The connection is opened at the first question, under TLS unless the host is of
 * this network and offers none; certificates count, but for those of this machine itself.
 */
export function imapMailbox(place: ImapPlace, since: number): ImapMailbox {
  let open: Promise<ImapFlow> | undefined;
  return {
    async holding(token) {
      try {
        open ??= connect(place);
        const client = await open;
        await client.noop();
        return await found(client, token, since);
      } catch (fault) {
        const failed = open;
        open = undefined;
        await failed?.then((client) => client.close()).catch(() => undefined);
        throw unreached(fault, place);
      }
    },
    async close() {
      const client = await open?.catch(() => undefined);
      await client?.logout().catch(() => client.close());
    },
  };
}

async function connect(place: ImapPlace): Promise<ImapFlow> {
  const { ImapFlow } = await import('imapflow');
  const { host, port, secure, user, password, folder } = place;
  const local = host === 'localhost' || host.startsWith('127.') || host === '::1';
  const client = new ImapFlow({
    host,
    port,
    secure,
    auth: { user, pass: password },
    tls: { rejectUnauthorized: !local },
    ...(secure || mayGoInClear(place) ? {} : { doSTARTTLS: true }),
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: STEP_MS,
    greetingTimeout: STEP_MS,
    socketTimeout: STEP_MS,
    maxLiteralSize: 2 * MESSAGE_MOST,
  });
  // A connection that ends between two questions is noticed by the next of them.
  client.on('error', () => undefined);
  await client.connect();
  await client.mailboxOpen(folder, { readOnly: true });
  return client;
}

async function found(client: ImapFlow, token: string, since: number): Promise<readonly Buffer[]> {
  const uids = await client.search({ since: new Date(since), text: token }, { uid: true });
  const messages: Buffer[] = [];
  if (uids === false || uids === undefined) return messages;
  for (const uid of uids.slice(-MESSAGES_MOST)) {
    const message = await client.fetchOne(String(uid), { source: { maxLength: MESSAGE_MOST } }, { uid: true });
    if (message !== false && message?.source?.includes(token)) messages.push(message.source);
  }
  return messages;
}

interface ImapFault {
  readonly message?: string;
  readonly code?: string;
  readonly responseText?: string;
  readonly authenticationFailed?: boolean;
  readonly tlsFailed?: boolean;
}

const REASONS: Readonly<Record<string, UnreachedReason>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'no-such-domain',
  EAI_AGAIN: 'dns-timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ETIMEDOUT: 'timeout',
  CONNECT_TIMEOUT: 'filtered',
  GREETING_TIMEOUT: 'silent',
};

function unreached(cause: unknown, { host, port, folder }: ImapPlace): UnreachedError {
  const fault = cause as ImapFault;
  const where = `the mailbox at ${host}:${port}`;
  const said = fault.responseText ?? fault.message ?? String(cause);
  if (fault.authenticationFailed === true)
    return new UnreachedError('rejected', `${where} refuses this user and password: ${said}`, { cause });
  if (fault.tlsFailed === true || /certificate|\btls\b|\bssl\b/i.test(`${fault.code} ${said}`))
    return new UnreachedError('tls-failed', `${where}: ${said}`, { cause });
  const reason = REASONS[fault.code ?? ''] ?? 'protocol';
  return new UnreachedError(reason, `${where}, folder ${folder}: ${said}`, { cause });
}
