import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { Clock } from './clock.ts';
import type { CertifiedKey } from './tls-certificate.ts';

/** An open port. */
export interface Listening {
  readonly address: string;
  readonly port: number;
  /** Stops accepting, ends what is still connected, and resolves when all is closed. */
  close(): Promise<void>;
}

/** What a session wants done next, in order. */
export type Act =
  | { readonly act: 'send'; readonly bytes: Uint8Array }
  | { readonly act: 'wait'; readonly ms: number }
  /** Begins TLS as the server. What the client sent before the handshake is dropped, as RFC 3207 §5 wants. */
  | { readonly act: 'secure' }
  | { readonly act: 'hang-up' };

/** A dialogue from the server's side, without a socket: bytes in, acts out. */
export interface ServerSession {
  /** What to do as soon as somebody connects. */
  open(): readonly Act[];
  ingest(bytes: Uint8Array): readonly Act[];
}

export interface ListenSettings {
  readonly address: string;
  /** 0 takes a free port. */
  readonly port: number;
  onConnection(socket: Socket): void;
}

/** Opens a TCP port. Rejects if it cannot be had. */
export async function listen(settings: ListenSettings): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
    settings.onConnection(socket);
  });
  server.listen({ host: settings.address, port: settings.port });
  await once(server, 'listening');
  const bound = server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : settings.port;
  return {
    address: settings.address,
    port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

export interface ServeSettings {
  readonly clock: Clock;
  /** For STARTTLS; without it `secure` hangs up. */
  readonly certificate?: CertifiedKey;
  /** OpenSSL settings for practice servers that are old on purpose. */
  readonly tls?: { readonly minVersion?: 'TLSv1' | 'TLSv1.2'; readonly maxVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' };
  /** Milliseconds without a byte from the client after which it is hung up on. */
  readonly idle: number;
}

/** Plays a session over a socket, one act after the other; bytes that come meanwhile wait their turn. */
export function serve(socket: Socket, session: ServerSession, settings: ServeSettings): void {
  let current: Socket = socket;
  let tail: Promise<void> = Promise.resolve();
  const gone = new AbortController();

  const context = () => secureContext(settings);

  async function perform(acts: readonly Act[]): Promise<void> {
    for (const act of acts) {
      if (current.destroyed) return;
      if (act.act === 'send') current.write(act.bytes);
      else if (act.act === 'wait') await settings.clock.sleep(act.ms, gone.signal);
      else if (act.act === 'hang-up') current.end();
      else secure();
    }
  }

  function enqueue(acts: () => readonly Act[]): void {
    tail = tail
      .then(() => perform(acts()))
      .catch(() => {
        socket.destroy();
      });
  }

  function attach(to: Socket): void {
    current = to;
    to.setTimeout(settings.idle, () => to.destroy());
    to.on('error', () => {})
      // Bytes of before TLS whose turn comes after it are dropped: they could be anybody's.
      .on('data', (bytes: Buffer) => enqueue(() => (current === to ? session.ingest(bytes) : [])))
      .once('close', () => gone.abort());
  }

  function secure(): void {
    const ready = context();
    if (ready === null) {
      current.end();
      return;
    }
    current.removeAllListeners('data');
    attach(new TLSSocket(current, { isServer: true, secureContext: ready }));
  }

  attach(socket);
  enqueue(() => session.open());
}

function secureContext(settings: ServeSettings): SecureContext | null {
  if (settings.certificate === undefined) return null;
  return createSecureContext({
    cert: settings.certificate.certificate,
    key: settings.certificate.key,
    ...(settings.tls === undefined ? {} : { ...settings.tls, ciphers: 'DEFAULT:@SECLEVEL=0' }),
  });
}
