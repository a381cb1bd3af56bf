/** Plays an SMTP vector (a list of steps, one JSON object a line) against a server on this machine, within bounds. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';

export interface VectorStep {
  readonly send?: string;
  readonly repeat?: number;
  readonly wait?: string;
  readonly tls?: boolean;
  readonly shutdown?: boolean;
  readonly reset?: boolean;
  readonly sleep_s?: number;
  readonly delay_ms_per_byte?: number;
  readonly role?: string;
  readonly tls_on_connect?: boolean;
  readonly send_expr?: string;
}

export interface Vector {
  readonly id: string;
  readonly class: string;
  readonly steps: readonly VectorStep[];
  readonly expected: {
    readonly reply?: string;
    readonly preferred?: string;
    readonly messages?: string;
    readonly must?: readonly string[];
    readonly must_not?: readonly string[];
    readonly body_lines?: readonly string[];
  };
}

/** What a server did with a vector. */
export interface Played {
  /** Reply lines in order, over the whole connection. */
  readonly replies: readonly string[];
  readonly closed: boolean;
}

/** Milliseconds that one reply, and the vector as a whole, may take; and longest pause that is kept. */
const REPLY = 4_000;
const WHOLE = 30_000;
const SLEEP_MOST = 3_000;
/** Bytes written at once where a step repeats. */
const CHUNK = 65_536;

export async function playVector(vector: Vector, port: number): Promise<Played> {
  let socket: Socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  const end = performance.now() + WHOLE;
  let text = '';
  let read = 0;
  let closed = false;
  let wake: () => void = () => undefined;
  const attach = () =>
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
  attach();
  const write = async (bytes: Buffer) => {
    if (!closed && !socket.write(bytes))
      await Promise.race([once(socket, 'drain').catch(() => {}), once(socket, 'close'), pause(REPLY)]);
  };
  const reply = async () => {
    const until = Math.min(end, performance.now() + REPLY);
    for (;;) {
      const found = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\r?\n/.exec(text.slice(read));
      if (found !== null) {
        read += found[0].length;
        return;
      }
      if (closed || performance.now() > until) return;
      await Promise.race([new Promise<void>((resolve) => (wake = resolve)), pause(50)]);
    }
  };
  for (const step of vector.steps) {
    if (performance.now() > end) break;
    if (step.send !== undefined) {
      const once_ = Buffer.from(step.send, 'latin1');
      if (step.delay_ms_per_byte !== undefined) {
        for (const byte of once_) {
          if (closed) break;
          await write(Buffer.from([byte]));
          await pause(Math.min(step.delay_ms_per_byte, 150));
        }
      } else {
        let left = step.repeat ?? 1;
        const group = Math.max(1, Math.floor(CHUNK / once_.length));
        while (left > 0 && !closed && performance.now() < end) {
          const now = Math.min(group, left);
          await write(now === 1 ? once_ : Buffer.concat(new Array(now).fill(once_)));
          left -= now;
        }
      }
      await pause(2);
    } else if (step.wait !== undefined) await reply();
    else if (step.tls === true && !closed) {
      socket.removeAllListeners();
      const secure = connectTls({ socket, rejectUnauthorized: false });
      secure.on('error', () => undefined);
      socket = secure;
      attach();
      await Promise.race([
        once(secure, 'secureConnect').catch(() => {}),
        once(secure, 'close').catch(() => {}),
        pause(REPLY),
      ]);
    } else if (step.reset === true) socket.resetAndDestroy();
    else if (step.shutdown === true) socket.end();
    else if (step.sleep_s !== undefined) await pause(Math.min(step.sleep_s * 1_000, SLEEP_MOST));
  }
  await pause(50);
  const wasClosed = closed;
  socket.destroy();
  return { replies: text.split(/\r?\n/).filter(Boolean), closed: wasClosed };
}
