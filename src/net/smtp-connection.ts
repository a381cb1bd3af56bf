import type { Socket } from 'node:net';
import type { UnreachedReason } from '../finding/unreached.ts';
import type { Line } from '../wire/smtp/line.ts';
import type { Reply } from '../wire/smtp/reply.ts';
import { createReplyReader, type ReplyEvent, type ReplyReader } from '../wire/smtp/reply-reader.ts';
import type { Clock } from './clock.ts';
import type { Failure } from './dialler.ts';
import type { SmtpLimits } from './smtp-limits.ts';
import { startTls, type TlsOutcome } from './tls.ts';

/** A complete reply, and where it stands in the connection's record. */
export interface Answer {
  readonly ok: true;
  readonly reply: Reply;
  /** Indices into `lines` of the first and last line, command included. */
  readonly at: readonly [from: number, to: number];
  /** Milliseconds from the command's last byte to the reply's last. */
  readonly took: number;
}

/** One connection. After a failure it is closed, and every further question gets the same failure. */
export interface SmtpConnection {
  /** Every line of both directions so far, in order. It grows while the connection lives. */
  readonly lines: readonly Line[];
  /** Bytes received so far, TLS records not counted. */
  readonly received: number;
  /** Waits for the greeting, to its last line: whoever talks before that is taken for a spammer. */
  greeting(): Promise<Answer | Failure>;
  /** Sends a line and waits for the whole reply to it. Throws for a line with CR, LF or a character above U+00FF: that is our own bug. */
  command(line: string): Promise<Answer | Failure>;
  /** Sends exactly these bytes and waits for nothing. */
  send(bytes: Uint8Array): void;
  /** Waits for one more reply, for callers that sent bytes of their own. */
  reply(timeout?: number): Promise<Answer | Failure>;
  /** Waits at most `timeout` for one more reply; null if none came, and the connection lives on. */
  hear(timeout: number): Promise<Answer | Failure | null>;
  /** Stops reading: what the server sends from now on stays in its own buffers and the network's. */
  deafen(): void;
  /** Reads again. */
  listen(): void;
  /**
   * Begins TLS on this connection, after the server said it is ready. Nothing is carried over: what the server sent
   * behind its reply and before the handshake is counted in `leftover` and thrown away (CVE-2011-0411 and its kind).
   */
  startTls(wish: {
    readonly servername: string;
  }): Promise<{ readonly outcome: TlsOutcome; readonly leftover: number } | Failure>;
  close(): void;
}

export interface ConnectionSettings {
  readonly clock: Clock;
  readonly limits: SmtpLimits;
  readonly roots?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Wraps a connected socket. */
export function createSmtpConnection(first: Socket, settings: ConnectionSettings): SmtpConnection {
  const { clock, limits } = settings;
  const opened = clock.monotonic();
  const lines: Line[] = [];
  let socket = first;
  let secure = false;
  let reader: ReplyReader = createReplyReader();
  let replies: { readonly reply: Reply; readonly to: number; readonly at: number }[] = [];
  let received = 0;
  let dead: Failure | null = null;
  let wake: (() => void) | null = null;
  const life = new AbortController();

  const now = () => Math.round(clock.monotonic() - opened);

  function record(from: Line['from'], text: string): void {
    lines.push(secure ? { from, text, at: now(), secure: true } : { from, text, at: now() });
  }

  function die(reason: UnreachedReason, detail: string): void {
    if (dead !== null) return;
    dead = { ok: false, reason, detail };
    life.abort();
    socket.destroy();
    wake?.();
  }

  function take(event: ReplyEvent): void {
    if (event.kind === 'line') record('server', event.text);
    else if (event.kind === 'reply') replies.push({ reply: event.reply, to: lines.length - 1, at: clock.monotonic() });
    else if (event.fault === 'bad-code') die('protocol', 'a line is no SMTP reply');
    else die('overlong', event.fault === 'endless-line' ? 'a line does not end' : 'a reply does not end');
  }

  function onData(bytes: Buffer): void {
    received += bytes.length;
    for (const event of reader.push(bytes)) {
      if (dead !== null) return;
      take(event);
    }
    if (received > limits.bytes) die('overlong', `more than ${limits.bytes} bytes`);
    wake?.();
  }

  function onClose(): void {
    die('closed', reader.midReply ? 'closed in the middle of a reply' : 'closed by the server');
  }

  function onError(error: Error & { code?: string }): void {
    die('closed', error.code ?? error.message);
  }

  function attach(to: Socket): void {
    socket = to;
    to.on('data', onData).on('end', onClose).on('close', onClose).on('error', onError);
  }

  function detach(): void {
    // Paused, so that bytes which arrive now reach the TLS layer and are not lost.
    socket.pause();
    socket.off('data', onData).off('end', onClose).off('close', onClose).off('error', onError);
    socket.on('error', () => {});
  }

  attach(first);
  settings.signal?.addEventListener('abort', () => die('budget', 'the scan was stopped'), {
    once: true,
    signal: life.signal,
  });
  clock.sleep(limits.total, life.signal).then(
    () => die('timeout', `the whole visit took more than ${limits.total / 1000} s`),
    () => {},
  );

  /** Waits until a reply is complete, the connection is dead, or the time is over (null); `from` is the index of the command's line. */
  async function hear(timeout: number, from: number | null, since: number): Promise<Answer | Failure | null> {
    const step = new AbortController();
    let over = false;
    if (replies.length === 0 && dead === null) {
      clock.sleep(timeout, step.signal).then(
        () => {
          over = true;
          wake?.();
        },
        () => {},
      );
    }
    while (replies.length === 0 && dead === null && !over) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    wake = null;
    step.abort();
    const next = replies.shift();
    if (next === undefined) return dead;
    return {
      ok: true,
      reply: next.reply,
      at: [from ?? next.to - next.reply.lines.length + 1, next.to],
      took: Math.max(0, Math.round(next.at - since)),
    };
  }

  /** As `hear`, but whoever does not answer in time is given up. */
  async function wait(timeout: number, from: number | null, since: number): Promise<Answer | Failure> {
    const before = received;
    const heard = await hear(timeout, from, since);
    if (heard !== null) return heard;
    if (received === before) die('silent', `no byte within ${timeout / 1000} s`);
    else die('timeout', `the reply was not complete within ${timeout / 1000} s`);
    return dead ?? { ok: false, reason: 'internal', detail: 'woken for nothing' };
  }

  return {
    lines,
    get received() {
      return received;
    },
    greeting: () => wait(limits.greeting, null, opened),
    async command(line) {
      if (/[^\x01-\x09\x0b\x0c\x0e-\xff]/.test(line)) throw new RangeError('a command must be one line of bytes');
      // A reply nobody asked for: if it ends the session it is the answer, else we no longer know which answer is whose.
      const stray = replies[0];
      if (stray?.reply.code === 421) return wait(limits.command, null, stray.at);
      if (stray !== undefined || reader.midReply) die('protocol', 'the server sent a reply that nobody asked for');
      if (dead !== null) return dead;
      const from = lines.length;
      record('client', line);
      socket.write(`${line}\r\n`, 'latin1');
      return wait(limits.command, from, clock.monotonic());
    },
    send(bytes) {
      if (dead !== null) return;
      record('client', Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
      socket.write(bytes);
    },
    reply: (timeout = limits.command) => wait(timeout, null, clock.monotonic()),
    hear: (timeout) => hear(timeout, null, clock.monotonic()),
    deafen() {
      socket.pause();
    },
    listen() {
      socket.resume();
    },
    async startTls(wish) {
      if (dead !== null) return dead;
      const leftover = replies.length + (reader.midReply ? 1 : 0);
      detach();
      replies = [];
      const outcome = await startTls(socket, clock, {
        servername: wish.servername,
        timeout: Math.min(limits.handshake, Math.max(1, limits.total - now())),
        ...(settings.roots === undefined ? {} : { roots: settings.roots }),
        ...(settings.signal === undefined ? {} : { signal: settings.signal }),
      });
      if (outcome.ok) {
        reader = createReplyReader();
        secure = true;
        attach(outcome.socket);
      } else {
        die('tls-failed', outcome.detail);
      }
      return { outcome, leftover };
    },
    close() {
      die('closed', 'closed by us');
    },
  };
}
