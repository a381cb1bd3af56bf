import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { type DnsMessage, type DnsQuestion, readMessage, writeQuery } from '../wire/dns/message.ts';
import type { Clock } from './clock.ts';
import type { DnsServer } from './dns-server-address.ts';

/** How one question to one server ended. */
export type ExchangeResult =
  | { readonly kind: 'answer'; readonly message: DnsMessage }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'malformed' }
  /** The port is closed, or the network says that nobody is there. */
  | { readonly kind: 'unreachable'; readonly detail: string };

/** Sends one question to one server and waits for its answer. */
export interface DnsExchange {
  ask(server: DnsServer, question: DnsQuestion, timeoutMs: number, signal?: AbortSignal): Promise<ExchangeResult>;
  close(): void;
}

/** Sockets that questions are spread over, so that neither port nor id can be guessed. */
const SOCKETS = 8;
/** Bytes of an answer over TCP: its length field can say no more (RFC 1035 §4.2.2). */
const TCP_MAX = 65_535;

interface Waiting {
  readonly server: DnsServer;
  readonly wire: Buffer;
  readonly settle: (result: ExchangeResult) => void;
}

/** UDP first, and TCP where the answer was cut (RFC 7766). Letters of the name change case at random, and must come back so (0x20). */
export function createDnsExchange(clock: Clock): DnsExchange {
  const pools = new Map<string, Port[]>();

  function port(server: DnsServer): Port {
    const family = isIPv6(server.address) ? 'udp6' : 'udp4';
    const pool = pools.get(family) ?? [];
    pools.set(family, pool);
    if (pool.length < SOCKETS) {
      const opened = openPort(family);
      pool.push(opened);
      return opened;
    }
    return pool[randomInt(SOCKETS)] as Port;
  }

  return {
    async ask(server, question, timeoutMs, signal) {
      const over = new AbortController();
      const timer = clock.sleep(timeoutMs, over.signal).then(
        (): ExchangeResult => ({ kind: 'timeout' }),
        (): ExchangeResult => ({ kind: 'timeout' }),
      );
      const stop = () => over.abort();
      signal?.addEventListener('abort', stop, { once: true });
      try {
        const first = await Promise.race([askUdp(port(server), server, question, over.signal), timer]);
        if (first.kind !== 'answer' || !first.message.truncated) return first;
        return await Promise.race([askTcp(server, question, over.signal), timer]);
      } finally {
        signal?.removeEventListener('abort', stop);
        over.abort();
      }
    },
    close() {
      for (const pool of pools.values()) for (const { socket } of pool) socket.close();
      pools.clear();
    },
  };
}

interface Port {
  readonly socket: Socket;
  readonly waiting: Map<number, Waiting>;
}

function openPort(family: 'udp4' | 'udp6'): Port {
  const waiting = new Map<number, Waiting>();
  const socket = createSocket({ type: family, recvBufferSize: 1 << 20 });
  // Waiting for an answer is not by itself a reason to keep the process alive; its deadline is.
  socket.unref();
  socket.on('message', (bytes, from) => {
    const asked = bytes.length < 2 ? undefined : waiting.get(bytes.readUInt16BE(0));
    if (asked === undefined || from.port !== asked.server.port || !sameAddress(from.address, asked.server.address))
      return;
    const result = read(bytes, asked.wire);
    if (result !== null) asked.settle(result);
  });
  // A port that nobody listens at answers by ICMP, which only a connected socket is told of; anything else is a time-out.
  socket.on('error', () => undefined);
  return { socket, waiting };
}

function sameAddress(a: string, b: string): boolean {
  return a === b || (a.startsWith('::ffff:') && a.slice(7) === b) || a.split('%')[0] === b;
}

/** Null if the message answers another question: a forger's, or a straggler's. */
function read(bytes: Buffer, query: Buffer): ExchangeResult | null {
  const message = readMessage(bytes);
  if (message === null) return { kind: 'malformed' };
  if (!message.isResponse || message.id !== query.readUInt16BE(0)) return null;
  // Servers that fail early may echo no question (RFC 1035 leaves it open); all others must echo ours, letter for letter.
  const echoed =
    message.question === null
      ? message.code !== 'NOERROR'
      : query.subarray(12, 12 + message.question.wire.length).equals(message.question.wire);
  return echoed ? { kind: 'answer', message } : null;
}

function askUdp(
  { socket, waiting }: Port,
  server: DnsServer,
  question: DnsQuestion,
  signal: AbortSignal,
): Promise<ExchangeResult> {
  return new Promise((resolve) => {
    let id = randomInt(65_536);
    for (let tries = 0; waiting.has(id) && tries < 64; tries++) id = randomInt(65_536);
    const wire = writeQuery(id, { ...question, name: mixCase(question.name) });
    if (wire === null || waiting.has(id)) return resolve({ kind: 'malformed' });
    const settle = (result: ExchangeResult) => {
      waiting.delete(id);
      resolve(result);
    };
    waiting.set(id, { server, wire, settle });
    signal.addEventListener('abort', () => settle({ kind: 'timeout' }), { once: true });
    socket.send(wire, server.port, server.address, (fault) => {
      if (fault !== null) settle({ kind: 'unreachable', detail: fault.message });
    });
  });
}

/** Draft dns-0x20: what comes back must have the same letters, which a forger would have to guess. */
function mixCase(name: string): string {
  let bits = 0;
  let left = 0;
  return name.replace(/[a-z]/g, (letter) => {
    if (left === 0) [bits, left] = [randomInt(65_536), 16];
    const upper = (bits & 1) === 1;
    bits >>= 1;
    left--;
    return upper ? letter.toUpperCase() : letter;
  });
}

function askTcp(server: DnsServer, question: DnsQuestion, signal: AbortSignal): Promise<ExchangeResult> {
  return new Promise((resolve) => {
    const wire = writeQuery(randomInt(65_536), question);
    if (wire === null) return resolve({ kind: 'malformed' });
    const socket = connect({ host: server.address, port: server.port, noDelay: true });
    const pieces: Buffer[] = [];
    let length = 0;
    const settle = (result: ExchangeResult) => {
      socket.destroy();
      resolve(result);
    };
    signal.addEventListener('abort', () => settle({ kind: 'timeout' }), { once: true });
    socket.on('error', (fault) => settle({ kind: 'unreachable', detail: fault.message }));
    socket.on('close', () => settle({ kind: 'malformed' }));
    socket.on('connect', () => {
      const prefix = Buffer.alloc(2);
      prefix.writeUInt16BE(wire.length);
      socket.write(Buffer.concat([prefix, wire]));
    });
    socket.on('data', (bytes) => {
      pieces.push(bytes);
      length += bytes.length;
      if (length < 2 || length > TCP_MAX + 2) return length < 2 ? undefined : settle({ kind: 'malformed' });
      const whole = pieces.length === 1 ? bytes : Buffer.concat(pieces);
      if (whole.length >= 2 + whole.readUInt16BE(0))
        settle(read(whole.subarray(2, 2 + whole.readUInt16BE(0)), wire) ?? { kind: 'malformed' });
      else pieces.splice(0, pieces.length, whole);
    });
  });
}
