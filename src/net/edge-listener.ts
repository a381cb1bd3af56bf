import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { readProxyHeader } from '../wire/proxy-protocol/header.ts';
import type { Clock } from './clock.ts';

/** A dialogue from the server's side, without a socket: bytes in; what it wants done, it does to its line. */
export interface LineSession {
  /** Milliseconds, monotonic, at which `expire` is due. */
  readonly deadline: number;
  /** It has done something that an honest peer does: it is not the first to go where places are short. */
  readonly proven: boolean;
  /** The peer has nothing more to say and waits for the answers to what it said: its end of the line is no hanging up. */
  readonly saidGoodbye: boolean;
  start(): void;
  ingest(bytes: Buffer): void;
  secured(tls: { readonly protocol: string; readonly cipher: string }): void;
  closed(how: string): void;
  expire(): void;
  /** Ends the dialogue as soon as no answer is owed. */
  shutDown(): void;
}

/** What a session can do to its connection. */
export interface LineWire {
  write(text: string): void;
  startTls(): void;
  /** `done`: nothing more comes from the peer. */
  end(done: boolean): void;
  hold(): void;
  resume(): void;
}

export interface LinePeer {
  readonly address: string;
  readonly port: number;
  readonly to: { readonly address: string; readonly port: number };
}

/** Where to listen. */
export interface Doorway {
  readonly address: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** TLS from the first byte on (RFC 8314 §3). */
  readonly implicitTls: boolean;
  /** For people who log in, not for servers (RFC 6409). */
  readonly submission: boolean;
}

export interface EdgeListenerSettings {
  readonly clock: Clock;
  /** Connections that the kernel holds until we take them. */
  readonly backlog: number;
  /** Milliseconds for TLS from the first byte on. */
  readonly handshakeTimeout: number;
  /** True for a proxy: it tells by the PROXY protocol who is behind it, first of all, or is not served. */
  proxied(address: string): boolean;
  /** Told what a proxy sent instead. */
  misled(address: string, fault: string): void;
  /** The certificate of now; null if there is none. */
  secureContext(): SecureContext | null;
  /** A session for the peer, or null if the connection is to be dropped without a word. */
  open(peer: LinePeer, wire: LineWire): LineSession | null;
}

/** Milliseconds that a peer is given to read our last line. */
const LINGER = 5_000;
/** Milliseconds that a proxy is given for its header. */
const PROXY_PATIENCE = 1_000;

/** An open door of the edge. */
export interface EdgeDoor {
  readonly address: string;
  readonly port: number;
  /** Connections that are open. */
  readonly open: number;
  /**
   * To be called about once a second: ends what is overdue, and who has not proven himself within `impatience` milliseconds. No connection
   * has a timer of its own.
   */
  sweep(impatience: number): void;
  /** Ends the oldest connection that has not proven itself, to make room. False if there is none. */
  evict(): boolean;
  /** Takes no more connections, lets the ones there are end, and resolves when they have, or were cut off after `patience` milliseconds. */
  drain(patience: number): Promise<void>;
}

/** Opens a port and plays a session over each connection. Rejects if the port cannot be had. */
export async function openDoor(doorway: Doorway, settings: EdgeListenerSettings): Promise<EdgeDoor> {
  const lines = new Set<Line>();
  const server = createServer({ noDelay: true, pauseOnConnect: false, allowHalfOpen: true }, (socket) => {
    const { remoteAddress, remotePort, localAddress, localPort } = socket;
    // Gone before we looked.
    if (remoteAddress === undefined || localAddress === undefined) {
      socket.destroy();
      return;
    }
    const line = new Line(socket, settings, () => lines.delete(line));
    lines.add(line);
    line.begin(
      {
        address: plainAddress(remoteAddress),
        port: remotePort ?? 0,
        to: { address: plainAddress(localAddress), port: localPort ?? 0 },
      },
      doorway.implicitTls,
    );
  });
  server.listen({ host: doorway.address, port: doorway.port, backlog: settings.backlog });
  await once(server, 'listening');
  const bound = server.address();
  let drained: () => void = () => undefined;
  return {
    address: doorway.address,
    port: bound !== null && typeof bound === 'object' ? bound.port : doorway.port,
    get open() {
      return lines.size;
    },
    sweep(impatience) {
      const now = settings.clock.monotonic();
      for (const line of lines) line.sweep(now, now - impatience);
    },
    evict() {
      for (const line of lines) {
        if (line.session === null || line.session.proven) continue;
        // To the end of the order, so that it is not found again while it is closing.
        lines.delete(line);
        lines.add(line);
        line.session.shutDown();
        return true;
      }
      return false;
    },
    async drain(patience) {
      const closed = new Promise<void>((resolve) => {
        drained = resolve;
      });
      server.close(() => drained());
      for (const line of lines) line.session?.shutDown();
      const over = new AbortController();
      await Promise.race([closed, settings.clock.sleep(patience, over.signal).catch(() => undefined)]);
      over.abort();
      for (const line of lines) line.cut();
      await closed;
    },
  };
}

/** One connection. */
class Line implements LineWire {
  session: LineSession | null = null;
  readonly #settings: EdgeListenerSettings;
  readonly #gone: () => void;
  readonly #began: number;
  #socket: Socket;
  /** When a connection is cut that has no session any more, or none yet. */
  #cutAt = Number.POSITIVE_INFINITY;

  constructor(socket: Socket, settings: EdgeListenerSettings, gone: () => void) {
    this.#socket = socket;
    this.#settings = settings;
    this.#gone = gone;
    this.#began = settings.clock.monotonic();
  }

  begin(peer: LinePeer, implicitTls: boolean): void {
    if (!this.#settings.proxied(peer.address)) return this.#open(peer, implicitTls);
    this.#cutAt = this.#settings.clock.monotonic() + PROXY_PATIENCE;
    const socket = this.#socket;
    this.#attach(socket);
    let held: Buffer = Buffer.alloc(0);
    socket.removeAllListeners('data').on('data', (bytes: Buffer) => {
      held = Buffer.concat([held, bytes]);
      const read = readProxyHeader(held);
      if (read.kind === 'more') return;
      if (read.kind === 'fault') {
        this.#settings.misled(peer.address, read.fault);
        return this.cut();
      }
      this.#cutAt = Number.POSITIVE_INFINITY;
      // What the peer said comes again, behind the greeting or into the handshake.
      socket.removeAllListeners('data').removeAllListeners('error').removeAllListeners('close').pause();
      if (read.length < held.length) socket.unshift(held.subarray(read.length));
      const { ends } = read;
      this.#open(ends === null ? peer : { ...ends.from, to: ends.to }, implicitTls);
      if (!implicitTls) socket.resume();
    });
  }

  #open(peer: LinePeer, implicitTls: boolean): void {
    const session = this.#settings.open(peer, this);
    this.#attach(this.#socket);
    if (session === null) return this.cut();
    this.session = session;
    if (!implicitTls) return session.start();
    this.#cutAt = this.#settings.clock.monotonic() + this.#settings.handshakeTimeout;
    this.#secure(() => {
      this.#cutAt = Number.POSITIVE_INFINITY;
      session.secured(this.#tlsFacts());
      session.start();
    });
  }

  /** `began` is the last moment at which a connection may have begun that has nothing to show for itself. */
  sweep(now: number, began: number): void {
    if (this.#cutAt <= now) this.cut();
    else if (this.session?.proven === false && this.#began < began) this.session.shutDown();
    else if (this.#cutAt === Number.POSITIVE_INFINITY && this.session !== null && this.session.deadline <= now)
      this.session.expire();
  }

  cut(): void {
    this.#socket.destroy();
  }

  write(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  startTls(): void {
    this.#secure(() => this.session?.secured(this.#tlsFacts()));
  }

  end(done: boolean): void {
    // Nothing can come any more that would reset the connection before our last line is read. TLS has a goodbye of its own to say.
    if (done && this.#socket.writableLength === 0 && !(this.#socket instanceof TLSSocket)) return this.cut();
    this.#cutAt = this.#settings.clock.monotonic() + LINGER;
    this.#socket.end();
    // Whatever still comes is thrown away, so that our last line is not lost to a reset.
    this.#socket.removeAllListeners('data').resume();
  }

  hold(): void {
    this.#socket.pause();
  }

  resume(): void {
    if (this.#socket.isPaused()) this.#socket.resume();
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => this.session?.ingest(bytes));
    socket.on('error', () => undefined);
    socket.on('end', () => {
      if (this.#socket === socket && this.session?.saidGoodbye !== true) socket.end();
    });
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.session?.closed('by-peer');
      this.#gone();
    });
  }

  #secure(done: () => void): void {
    const context = this.#settings.secureContext();
    if (context === null) return this.cut();
    const plain = this.#socket;
    plain.removeAllListeners('data').removeAllListeners('close');
    const secure = new TLSSocket(plain, { isServer: true, secureContext: context });
    secure.once('secure', done);
    this.#attach(secure);
  }

  #tlsFacts(): { readonly protocol: string; readonly cipher: string } {
    const socket = this.#socket as TLSSocket;
    return { protocol: socket.getProtocol() ?? 'TLS', cipher: socket.getCipher()?.standardName ?? 'unknown' };
  }
}

/** An IPv4 peer of a socket that listens on both families is shown as what it is. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
