/** A client that a test leads line by line over one connection. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';

export interface Dialogue {
  /** The next reply, whole; what else came with it too. Empty once the other side has closed. */
  next(): Promise<string>;
  /** Sends a line and returns the reply to it. */
  say(line: string): Promise<string>;
  /** Sends these bytes (latin1) and waits for nothing. */
  send(bytes: string): void;
  /** Speaks TLS from here on. */
  startTls(): Promise<void>;
  readonly closed: boolean;
  close(): void;
}

/** Milliseconds that a reply is waited for. */
const PATIENCE = 20_000;

export async function dialogue(
  port: number,
  options: { localAddress?: string; address?: string } = {},
): Promise<Dialogue> {
  const { localAddress, address = '127.0.0.1' } = options;
  let socket: Socket = connect({ host: address, port, ...(localAddress === undefined ? {} : { localAddress }) });
  await once(socket, 'connect');
  let text = '';
  let closed = false;
  let wake: () => void = () => undefined;
  const attach = (): void => {
    socket
      .on('data', (bytes: Buffer) => {
        text += bytes.toString('latin1');
        wake();
      })
      .on('error', () => undefined)
      .on('close', () => {
        closed = true;
        wake();
      });
  };
  attach();
  const whole = () => /(?:^|\r\n)\d{3} [^\r\n]*\r\n$/.test(text);
  const next = async (): Promise<string> => {
    const late = AbortSignal.timeout(PATIENCE);
    while (!whole() && !closed && !late.aborted) {
      await Promise.race([
        new Promise<void>((resolve) => {
          wake = resolve;
        }),
        once(late, 'abort'),
      ]);
    }
    if (late.aborted) throw new Error(`no reply within ${PATIENCE / 1000} s; so far: ${JSON.stringify(text)}`);
    const reply = text;
    text = '';
    return reply;
  };
  return {
    next,
    say(line) {
      socket.write(`${line}\r\n`, 'latin1');
      return next();
    },
    send: (bytes) => void socket.write(bytes, 'latin1'),
    async startTls() {
      socket.removeAllListeners('data').removeAllListeners('close');
      const secure = connectTls({ socket, rejectUnauthorized: false });
      await once(secure, 'secureConnect');
      socket = secure;
      attach();
    },
    get closed() {
      return closed;
    },
    close: () => void socket.destroy(),
  };
}

/** Waits until `holds`, looking every 20 ms; throws after `timeoutMs`. */
export async function until(holds: () => boolean | Promise<boolean>, timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${timeoutMs / 1000} s for what did not come`);
    await wait(20);
  }
}
