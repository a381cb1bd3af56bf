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
  | { readonly kind: 'malformed'; readonly detail: string }
  /** The port is closed, or the network says that nobody is there. */
  | { readonly kind: 'unreachable'; readonly detail: string };

/** Sends one question to one server and waits for its answer. */
export interface DnsExchange {
  ask(server: DnsServer, question: DnsQuestion, timeoutMs: number, signal?: AbortSignal): Promise<ExchangeResult>;
  close(): void;
}

/** Sockets that the questions to one server are spread over, so that neither port nor id can be guessed. */
const SOCKETS = 8;
/** Tries for an id that no open question of the same socket has. */
const ID_TRIES = 64;
/** Bytes of an answer over TCP: its length field can say no more (RFC 1035 §4.2.2). */
const TCP_MAX = 65_535;

const UNREADABLE: ExchangeResult = { kind: 'malformed', detail: 'gave an answer that cannot be read' };

/** UDP first, and TCP where the answer was cut (RFC 7766). Letters of the name change case at random, and must come back so (0x20). */
export function createDnsExchange(clock: Clock): DnsExchange {
  const pools = new Map<string, Promise<Port | string>[]>();

  function port(server: DnsServer): Promise<Port | string> {
    const key = `${server.address} ${server.port}`;
    const pool = pools.get(key) ?? [];
    pools.set(key, pool);
    if (pool.length >= SOCKETS) return pool[randomInt(SOCKETS)] as Promise<Port>;
    const opened = openPort(server);
    pool.push(opened);
    return opened;
  }

  async function askOver(
    server: DnsServer,
    question: DnsQuestion,
    edns: boolean,
    signal: AbortSignal,
  ): Promise<ExchangeResult> {
    const opened = await port(server);
    if (typeof opened === 'string') return { kind: 'unreachable', detail: opened };
    const first = await askUdp(opened, question, edns, signal);
    if (first.kind !== 'answer' || !first.message.truncated) return first;
    const second = await askTcp(server, question, edns, signal);
    if (second.kind === 'unreachable')
      return { kind: 'malformed', detail: `cut its answer short, and cannot be reached over TCP: ${second.detail}` };
    // RFC 2181 §9: a cut answer proves neither presence nor absence.
    if (second.kind === 'answer' && second.message.truncated)
      return { kind: 'malformed', detail: 'has an answer too large for DNS' };
    return second;
  }

  return {
    async ask(server, question, timeoutMs, signal) {
      if (signal?.aborted) return { kind: 'timeout' };
      const over = new AbortController();
      const late = clock.sleep(timeoutMs, over.signal).then(
        (): ExchangeResult => ({ kind: 'timeout' }),
        (): ExchangeResult => ({ kind: 'timeout' }),
      );
      const stop = () => over.abort();
      signal?.addEventListener('abort', stop, { once: true });
      try {
        const first = await Promise.race([askOver(server, question, true, over.signal), late]);
        // RFC 6891 §6.2.2: servers of before EDNS say so, and are asked as they were in their day.
        if (first.kind !== 'answer' || !['FORMERR', 'NOTIMP'].includes(first.message.code)) return first;
        return await Promise.race([askOver(server, question, false, over.signal), late]);
      } finally {
        signal?.removeEventListener('abort', stop);
        over.abort();
      }
    },
    close() {
      for (const opened of [...pools.values()].flat())
        void opened.then((ready) => typeof ready === 'object' && ready.socket.close());
      pools.clear();
    },
  };
}

interface Waiting {
  readonly wire: Buffer;
  readonly settle: (result: ExchangeResult) => void;
}

interface Port {
  readonly socket: Socket;
  readonly waiting: Map<number, Waiting>;
}

/**
 * A socket connected to a server: the kernel drops what comes from anywhere else, and a closed port is told at once. Resolves to
 * a sentence if the server cannot be reached from here.
 */
function openPort(server: DnsServer): Promise<Port | string> {
  const waiting = new Map<number, Waiting>();
  const socket = createSocket({ type: isIPv6(server.address) ? 'udp6' : 'udp4', recvBufferSize: 1 << 20 });
  socket.on('message', (bytes) => {
    const asked = bytes.length < 2 ? undefined : waiting.get(bytes.readUInt16BE(0));
    const result = asked === undefined ? null : read(bytes, asked.wire);
    if (result !== null) asked?.settle(result);
  });
  socket.on('error', (fault) => {
    for (const asked of [...waiting.values()]) asked.settle({ kind: 'unreachable', detail: fault.message });
  });
  return new Promise((resolve) => {
    socket.connect(server.port, server.address, ((fault?: Error) => {
      // Waiting for an answer is not by itself a reason to keep the process alive; its deadline is.
      socket.unref();
      resolve(fault == null ? { socket, waiting } : fault.message);
    }) as () => void);
  });
}

/** Null if the message answers another question: a forger's, or a straggler's. */
function read(bytes: Buffer, query: Buffer): ExchangeResult | null {
  const message = readMessage(bytes);
  if (message === null) return bytes.length < 12 || echoes(bytes, query) ? UNREADABLE : null;
  if (!message.isResponse || message.id !== query.readUInt16BE(0)) return null;
  // Servers that fail early may echo no question (RFC 1035 leaves it open); all others must echo ours, letter for letter.
  const echoed = message.question === null ? message.code !== 'NOERROR' : echoes(bytes, query);
  return echoed ? { kind: 'answer', message } : null;
}

/** The name asked for stands in the answer, letter for letter. */
function echoes(bytes: Buffer, query: Buffer): boolean {
  const end = query.indexOf(0, 12) + 1;
  return bytes.subarray(12, end).equals(query.subarray(12, end));
}

function askUdp(
  { socket, waiting }: Port,
  question: DnsQuestion,
  edns: boolean,
  signal: AbortSignal,
): Promise<ExchangeResult> {
  return new Promise((resolve) => {
    let id = randomInt(65_536);
    for (let tries = 0; waiting.has(id) && tries < ID_TRIES; tries++) id = randomInt(65_536);
    const wire = writeQuery(id, { ...question, name: mixCase(question.name) }, edns);
    if (wire === null || waiting.has(id) || signal.aborted) return resolve({ kind: 'timeout' });
    const settle = (result: ExchangeResult) => {
      waiting.delete(id);
      resolve(result);
    };
    waiting.set(id, { wire, settle });
    signal.addEventListener('abort', () => settle({ kind: 'timeout' }), { once: true });
    socket.send(wire, (fault) => {
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

function askTcp(server: DnsServer, question: DnsQuestion, edns: boolean, signal: AbortSignal): Promise<ExchangeResult> {
  return new Promise((resolve) => {
    const wire = writeQuery(randomInt(65_536), question, edns);
    if (wire === null || signal.aborted) return resolve({ kind: 'timeout' });
    const socket = connect({ host: server.address, port: server.port, noDelay: true });
    let held = Buffer.alloc(0);
    const settle = (result: ExchangeResult) => {
      socket.destroy();
      resolve(result);
    };
    signal.addEventListener('abort', () => settle({ kind: 'timeout' }), { once: true });
    socket.on('error', (fault) => settle({ kind: 'unreachable', detail: fault.message }));
    socket.on('close', () => settle({ kind: 'unreachable', detail: 'it hung up' }));
    socket.on('connect', () => {
      const prefix = Buffer.alloc(2);
      prefix.writeUInt16BE(wire.length);
      socket.write(Buffer.concat([prefix, wire]));
    });
    socket.on('data', (bytes) => {
      held = Buffer.concat([held, bytes]);
      const end = held.length < 2 ? TCP_MAX + 2 : 2 + held.readUInt16BE(0);
      if (held.length >= end) settle(read(held.subarray(2, end), wire) ?? UNREADABLE);
    });
  });
}
