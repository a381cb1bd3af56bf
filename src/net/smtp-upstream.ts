import { isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { type EhloAnswer, offers, readEhlo } from '../wire/smtp/ehlo.ts';
import { type Reply, replyText } from '../wire/smtp/reply.ts';
import { createReplyReader, type ReplyReader } from '../wire/smtp/reply-reader.ts';
import type { Clock } from './clock.ts';
import { matchesName } from './tls.ts';
import type { RecipientAnswer, UpstreamResult, UpstreamTransaction } from './upstream-transaction.ts';

/** How the connection to the server behind the edge is made safe. There is no falling back: what is set is done, or nothing is handed on. */
export type UpstreamTls =
  | { readonly mode: 'none' }
  | {
      readonly mode: 'starttls' | 'implicit';
      /** The name the certificate must bear. */
      readonly name: string;
      readonly context: SecureContext;
      /** SHA-256 of the certificate, hex in upper case with colons; replaces trust in roots and names. */
      readonly fingerprint: string | null;
    };

export interface UpstreamSettings {
  readonly protocol: 'smtp' | 'lmtp';
  /** What we call ourselves. */
  readonly hostName: string;
  readonly tls: UpstreamTls;
  readonly clock: Clock;
  /** Milliseconds from the connection to its readiness. */
  readonly openTimeout: number;
}

type Doing = 'greeting' | 'hello' | 'starttls' | 'securing' | 'idle' | 'envelope' | 'content' | 'resetting' | 'closed';

/**
 * One connection to the server behind the edge, for one message after the other. It reads answers strictly: a reply that could be read
 * in two ways, or that nobody asked for, ends the connection. It holds no timer: `expire` is called by whoever sweeps.
 */
export class UpstreamConnection {
  /** Milliseconds, monotonic, when `expire` is due. */
  deadline: number;
  /** When it last became idle. */
  idleSince = 0;
  messages = 0;
  ehlo: EhloAnswer | null = null;

  readonly #settings: UpstreamSettings;
  readonly #opened: (failure: string | null) => void;
  readonly #gone: () => void;
  #socket: Socket;
  #reader: ReplyReader = createReplyReader();
  #doing: Doing = 'greeting';
  #secure = false;
  #transaction: UpstreamTransaction | null = null;
  #finish: ((result: UpstreamResult) => void) | null = null;
  #lines: string[] = [];
  #replies: Reply[] = [];
  #final: Reply[] = [];
  #pipelining = false;
  /** It knows no EHLO. */
  #helo = false;

  /** `opened` is called once, with null when the connection is ready or with what went wrong; `gone` once, when it has ended. */
  constructor(socket: Socket, settings: UpstreamSettings, opened: (failure: string | null) => void, gone: () => void) {
    this.#settings = settings;
    this.#opened = opened;
    this.#gone = gone;
    this.#socket = socket;
    this.deadline = settings.clock.monotonic() + settings.openTimeout;
    this.#attach(socket);
    if (settings.tls.mode === 'implicit') this.#startTls('greeting');
  }

  get idle(): boolean {
    return this.#doing === 'idle';
  }

  /** Hands a message on and calls `finish` once. Only for a connection that is `idle`. */
  transact(transaction: UpstreamTransaction, finish: (result: UpstreamResult) => void): void {
    this.#transaction = transaction;
    this.#finish = finish;
    const lines = this.#envelopeLines(transaction);
    if (typeof lines === 'string') return this.#answer({ kind: 'failed', detail: lines, sent: false, stale: false });
    this.#lines = lines;
    this.#replies = [];
    this.#final = [];
    this.#doing = 'envelope';
    this.deadline = transaction.deadline;
    this.#socket.write(this.#pipelining ? `${lines.join('\r\n')}\r\n` : `${lines[0]}\r\n`, 'latin1');
  }

  /** The deadline has passed. */
  expire(): void {
    this.#end(this.#doing === 'idle' ? 'idle for too long' : 'no answer in time');
  }

  /** Says goodbye if nothing is under way, and ends the connection. */
  close(): void {
    if (this.#doing === 'idle') this.#socket.end('QUIT\r\n');
    this.#end('closed by us');
  }

  #envelopeLines(transaction: UpstreamTransaction): string[] | string {
    const mail = this.#withExtras(`MAIL ${transaction.sender}`, transaction.senderExtras);
    if (mail === null) return 'the server lacks an extension that this message needs';
    const size =
      offers(this.ehlo, 'SIZE') === undefined || transaction.probe === true ? '' : ` SIZE=${transaction.size}`;
    const lines = [`${mail}${size}`];
    for (const { path, extras } of transaction.recipients) {
      const line = this.#withExtras(`RCPT ${path}`, extras);
      if (line === null) return 'the server lacks an extension that a recipient needs';
      lines.push(line);
    }
    if (transaction.probe !== true) lines.push('DATA');
    // Nothing a stranger sent comes this far with a control byte in it; if it did, it would be a command of its own.
    for (const line of lines) if (/[\0-\x1f\x7f]/.test(line)) return 'a control byte in an envelope line';
    return lines;
  }

  #withExtras(line: string, extras: UpstreamTransaction['senderExtras']): string | null {
    let whole = line;
    for (const { extension, text, needed } of extras) {
      if (offers(this.ehlo, extension) !== undefined) whole += ` ${text}`;
      else if (needed) return null;
    }
    return whole;
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      if (this.#socket === socket) this.#take(bytes);
    });
    socket.on('error', (error: Error & { code?: string }) => this.#end(error.code ?? error.message));
    socket.on('close', () => {
      if (this.#socket === socket) this.#end('the server closed the connection');
    });
  }

  #take(bytes: Buffer): void {
    const reader = this.#reader;
    for (const event of reader.push(bytes)) {
      if (this.#doing === 'closed') return;
      if (event.kind === 'line') continue;
      if (event.kind === 'fault') return this.#end(`a reply that cannot be read (${event.fault})`);
      if (event.reply.oddities?.some((oddity) => oddity !== 'cut'))
        return this.#end(`a reply that can be read in two ways (${event.reply.oddities.join(', ')})`);
      // What came in the clear behind the answer to STARTTLS could be anybody's (CVE-2021-38371).
      if (this.#reader !== reader) return this.#end('a reply in front of the handshake');
      this.#onReply(event.reply);
    }
  }

  #onReply(reply: Reply): void {
    switch (this.#doing) {
      case 'greeting':
        if (reply.code !== 220) return this.#end(`greeted by ${reply.code} ${replyText(reply)}`);
        return this.#hello();
      case 'hello':
        return this.#onHello(reply);
      case 'starttls':
        if (reply.code !== 220) return this.#end(`STARTTLS refused: ${reply.code} ${replyText(reply)}`);
        return this.#startTls('hello');
      case 'envelope':
        return this.#onEnvelopeReply(reply);
      case 'content':
        this.#final.push(reply);
        if (this.#final.length === this.#finalReplies()) this.#contentAnswered();
        return;
      case 'resetting':
        if (reply.code !== 250) return this.#end('RSET refused');
        return this.#becomeIdle();
      default:
        return this.#end(`a reply that nobody asked for: ${reply.code} ${replyText(reply)}`);
    }
  }

  #hello(): void {
    this.#doing = 'hello';
    this.#socket.write(`${this.#settings.protocol === 'lmtp' ? 'LHLO' : 'EHLO'} ${this.#settings.hostName}\r\n`);
  }

  #onHello(reply: Reply): void {
    const { tls, protocol, hostName } = this.#settings;
    if (reply.code >= 500 && protocol === 'smtp' && this.ehlo === null && tls.mode === 'none' && !this.#helo) {
      this.#helo = true;
      this.#socket.write(`HELO ${hostName}\r\n`);
      return;
    }
    const ehlo = readEhlo(reply);
    if (ehlo === null) return this.#end(`EHLO refused: ${reply.code} ${replyText(reply)}`);
    this.ehlo = this.#helo ? { ...ehlo, keywords: [] } : ehlo;
    if (tls.mode === 'starttls' && !this.#secure) {
      if (offers(ehlo, 'STARTTLS') === undefined) return this.#end('STARTTLS is wanted and not offered');
      this.#doing = 'starttls';
      this.#socket.write('STARTTLS\r\n');
      return;
    }
    this.#pipelining = offers(this.ehlo, 'PIPELINING') !== undefined;
    this.#becomeIdle();
    this.#opened(null);
  }

  #startTls(then: 'greeting' | 'hello'): void {
    const { tls } = this.#settings;
    if (tls.mode === 'none') return;
    this.#doing = 'securing';
    const plain = this.#socket;
    plain.removeAllListeners('data').removeAllListeners('close');
    const named = isIP(tls.name) === 0 ? { servername: tls.name } : {};
    const secure = connectTls({ socket: plain, secureContext: tls.context, rejectUnauthorized: false, ...named });
    this.#reader = createReplyReader();
    secure.once('secureConnect', () => {
      const leaf = secure.getPeerX509Certificate();
      const trusted =
        tls.fingerprint === null
          ? secure.authorized && leaf !== undefined && matchesName(leaf, tls.name)
          : leaf?.fingerprint256 === tls.fingerprint;
      if (!trusted)
        return this.#end(`its certificate is not trusted: ${secure.authorizationError ?? 'another name or key'}`);
      this.#secure = true;
      if (then === 'greeting') this.#doing = 'greeting';
      else this.#hello();
    });
    this.#attach(secure);
  }

  #onEnvelopeReply(reply: Reply): void {
    this.#replies.push(reply);
    if (this.#replies.length === this.#lines.length) return this.#envelopeAnswered();
    if (this.#pipelining) return;
    // Without pipelining what follows depends on each answer: no RCPT behind a refused MAIL, no DATA behind a refused RCPT.
    const refused = reply.code >= 300;
    const last = this.#transaction?.probe !== true && this.#replies.length === this.#lines.length - 1;
    const anyRefused = this.#replies.some(({ code }) => code >= 300);
    if ((refused && this.#replies.length === 1) || (last && anyRefused)) return this.#envelopeAnswered();
    this.#socket.write(`${this.#lines[this.#replies.length]}\r\n`, 'latin1');
  }

  #envelopeAnswered(): void {
    const transaction = this.#transaction as UpstreamTransaction;
    const [mail, ...rest] = this.#replies as [Reply, ...Reply[]];
    const whole = this.#replies.length === this.#lines.length && transaction.probe !== true;
    const data = whole ? rest.pop() : undefined;
    const count = transaction.recipients.length;
    // Whoever refuses MAIL has said nothing of recipients.
    if (transaction.probe === true && mail.code >= 300)
      return this.#abort(new Array(count).fill(withheld(mail)), undefined);
    if (transaction.probe === true)
      return this.#abort(
        rest.map((reply) => (reply.code >= 300 ? refusal(reply) : accepted(reply))),
        undefined,
      );
    if (mail.code >= 300) return this.#abort(new Array(count).fill(refusal(mail)), data);
    const refused = rest.some(({ code }) => code >= 300);
    if (refused) {
      const answers = rest.map((reply) => (reply.code >= 300 ? refusal(reply) : withheld(reply)));
      return this.#abort(answers, data);
    }
    if (data === undefined || data.code !== 354) {
      if (data === undefined || data.code < 400) return this.#end('an answer to DATA that is none');
      return this.#abort(new Array(count).fill(refusal(data)), data);
    }
    // The only way to take DATA back is to hang up: RSET would be text.
    if (!transaction.wanted()) return this.#end('nobody waits for the answer any more');
    this.#doing = 'content';
    const socket = this.#socket;
    socket.cork();
    if (transaction.head !== '') socket.write(transaction.head, 'latin1');
    for (const piece of transaction.body) socket.write(piece);
    socket.write('.\r\n', 'latin1');
    socket.uncork();
  }

  /** Answers without having sent the message, and brings the connection back to where a new one may begin. */
  #abort(recipients: readonly RecipientAnswer[], data: Reply | undefined): void {
    const closing = this.#replies.some(({ code }) => code === 421);
    this.#answer({ kind: 'answered', recipients });
    if (closing || data?.code === 354) return this.#end('a transaction that cannot be taken back');
    this.#doing = 'resetting';
    this.deadline = this.#settings.clock.monotonic() + this.#settings.openTimeout;
    this.#socket.write('RSET\r\n');
  }

  /** LMTP answers once a recipient (RFC 2033 §4.2). */
  #finalReplies(): number {
    return this.#settings.protocol === 'lmtp' ? (this.#transaction as UpstreamTransaction).recipients.length : 1;
  }

  #contentAnswered(): void {
    const { recipients } = this.#transaction as UpstreamTransaction;
    const answers = recipients.map((_, index) => {
      const reply = (this.#final[index] ?? this.#final[0]) as Reply;
      return reply.code < 300 ? accepted(reply) : refusal(reply);
    });
    const closing = this.#final.some(({ code }) => code === 421);
    this.messages++;
    this.idleSince = this.#settings.clock.monotonic();
    this.deadline = Number.POSITIVE_INFINITY;
    this.#doing = closing ? 'resetting' : 'idle';
    this.#answer({ kind: 'answered', recipients: answers });
    if (closing) this.#end('the server is closing');
  }

  #becomeIdle(): void {
    this.#doing = 'idle';
    this.idleSince = this.#settings.clock.monotonic();
    this.deadline = Number.POSITIVE_INFINITY;
    this.onIdle?.();
  }

  /** Called when a connection that had to reset itself may be used again. */
  onIdle: (() => void) | null = null;

  #answer(result: UpstreamResult): void {
    const finish = this.#finish;
    this.#finish = null;
    this.#transaction = null;
    finish?.(result);
  }

  #end(detail: string): void {
    if (this.#doing === 'closed') return;
    const was = this.#doing;
    this.#doing = 'closed';
    // An error that comes later, of a socket nobody waits for any more, must not end the process.
    this.#socket.on('error', () => {});
    if (was === 'idle') this.#socket.destroySoon();
    else this.#socket.destroy();
    const opening = was === 'greeting' || was === 'hello' || was === 'starttls' || was === 'securing';
    const stale = was === 'envelope' && this.#replies.length === 0;
    this.#gone();
    if (opening) this.#opened(detail);
    this.#answer({ kind: 'failed', detail, sent: was === 'content', stale });
  }
}

function refusal(reply: Reply): RecipientAnswer {
  // A reply that is neither yes nor no is no yes.
  const code = reply.code >= 400 ? reply.code : 451;
  return { outcome: 'refused', code, status: reply.status, text: replyText(reply) };
}

function withheld(reply: Reply): RecipientAnswer {
  return { outcome: 'withheld', code: reply.code, status: reply.status, text: replyText(reply) };
}

function accepted(reply: Reply): RecipientAnswer {
  return { outcome: 'accepted', code: reply.code, status: reply.status, text: replyText(reply) };
}
