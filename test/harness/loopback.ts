import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** A loopback address that nobody else is likely to use: each server gets its own, so that ports cannot clash. */
export function freeAddress(): string {
  const part = (from: number, to: number): number => from + Math.floor(Math.random() * (to - from + 1));
  return `127.${part(16, 250)}.${part(0, 250)}.${part(1, 250)}`;
}

/** A port of `address` that was free a moment ago. */
export async function freePort(address: string): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

const STEP_MS = 25;

/**
 * The first line that a server says, once it accepts connections. Undefined when `signal` is aborted before that.
 * Whoever calls bounds the wait by `signal`.
 */
export async function greeting(address: string, port: number, signal: AbortSignal): Promise<string | undefined> {
  while (!signal.aborted) {
    const line = await firstLine(address, port, signal);
    if (line !== undefined) return line;
    await wait(STEP_MS);
  }
  return undefined;
}

async function firstLine(address: string, port: number, signal: AbortSignal): Promise<string | undefined> {
  const socket: Socket = connect({ host: address, port, signal });
  let text = '';
  try {
    for await (const bytes of socket) {
      text += bytes.toString('latin1');
      const end = text.search(/\r?\n/);
      if (end < 0) continue;
      socket.end('QUIT\r\n');
      return text.slice(0, end);
    }
  } catch {
    // Not there yet.
  } finally {
    socket.destroy();
  }
  return undefined;
}
