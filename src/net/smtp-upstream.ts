import type { Socket } from 'node:net';
import { type EhloAnswer, offers, readEhlo } from '../wire/smtp/ehlo.ts';
import { type Reply, replyText } from '../wire/smtp/reply.ts';
import { createReplyReader, type ReplyReader } from '../wire/smtp/reply-reader.ts';
import type { Clock } from './clock.ts';
import { answerOf, unanswered, withheld } from './upstream-answer.ts';
import { beginTls, distrustOf, faultOf, type UpstreamTls } from './upstream-tls.ts';
import type { Extra, RecipientAnswer, UpstreamResult, UpstreamTransaction } from './upstream-transaction.ts';
import { xclientLine } from './upstream-xclient.ts';

export interface UpstreamSettings {
  readonly protocol: 'smtp' | 'lmtp';
  /** What we call ourselves. */
  readonly hostName: string;
  readonly tls: UpstreamTls;
  readonly clock: Clock;
  /** Milliseconds from the connection to its readiness. */
  readonly openTimeout: number;
  /** Tell the server by XCLIENT whom each message comes from; one that does not take that gets none. */
  readonly xclient?: boolean;
}

type Doing =
  | 'greeting'
  | 'hello'
  | 'starttls'
  | 'securing'
  | 'idle'
  | 'asking'
  | 'introducing'
  | 'envelope'
  | 'content'
  | 'resetting'
  | 'closed';

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
  /** The server is who it should be: not only somebody who speaks TLS. */
  #trusted = false;
  #transaction: UpstreamTransaction | null = null;
  #finish: ((result: UpstreamResult) => void) | null = null;
  #asked: ((reply: Reply | null) => void) | null = null;
  #lines: string[] = [];
  #replies: Reply[] = [];
  #final: Reply[] = [];
  #pipelining = false;
  /** It knows no EHLO. */
  #helo = false;
  /** The XCLIENT command that holds now. */
  #introduced = '';

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

  /** True if the extension can be had on this connection. */
  offers(extension: string): boolean {
    // RFC 8689 §4.2.1: REQUIRETLS asks for a server whose certificate was verified.
    return offers(this.ehlo, extension) !== undefined && (extension !== 'REQUIRETLS' || this.#trusted);
  }

  /** Hands a message on and calls `finish` once. Only for a connection that is `idle`. */
  transact(transaction: UpstreamTransaction, finish: (result: UpstreamResult) => void): void {
    this.#transaction = transaction;
    this.#finish = finish;
    const lacking = [transaction.senderExtras, ...transaction.recipients.map(({ extras }) => extras)]
      .flat()
      .find(({ extension, needed }) => needed && !this.offers(extension));
    if (lacking !== undefined) return this.#answer({ kind: 'lacking', extension: lacking.extension });
    const lines = this.#envelopeLines(transaction);
    // Nothing a stranger sent comes this far with a control byte in it; if it did, it would be a command of its own.
    if (lines.some((line) => /[\0-\x1f\x7f]/.test(line)))
      return this.#answer({ kind: 'failed', detail: 'a control byte in an envelope line', sent: false, stale: false });
    this.#lines = lines;
    this.#replies = [];
    this.#final = [];
    this.deadline = Math.min(transaction.deadline, transaction.envelopeDeadline ?? Number.POSITIVE_INFINITY);
    if (this.#settings.xclient === true) this.#introduce();
    else this.#sendEnvelope();
  }

  /** Sends one line and calls `finish` with the reply, or with null if none came in time. Only for a connection that is `idle`. */
  ask(line: string, deadline: number, finish: (reply: Reply | null) => void): void {
    this.#asked = finish;
    this.#doing = 'asking';
    this.deadline = deadline;
    this.#socket.write(`${line}\r\n`, 'latin1');
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

  #sendEnvelope(): void {
    this.#doing = 'envelope';
    const lines = this.#lines;
    this.#socket.write(this.#pipelining ? `${lines.join('\r\n')}\r\n` : `${lines[0]}\r\n`, 'latin1');
  }

  /** Names the peer. The server begins anew with the greeting and wants EHLO again, so that this costs two round trips. */
  #introduce(): void {
    const client = this.#transaction?.client ?? null;
    const keyword = offers(this.ehlo, 'XCLIENT');
    if (keyword === undefined) return this.#end('XCLIENT is wanted and not offered');
    const line = xclientLine(client, keyword.parameters);
    // A question of our own, on a connection that spoke for nobody yet, needs no name.
    if (line === this.#introduced || (client === null && this.#introduced === '')) return this.#sendEnvelope();
    this.#introduced = line;
    this.#doing = 'introducing';
    this.#socket.write(`${line}\r\n`, 'latin1');
  }

  #onIntroduced(reply: Reply): void {
    // 220 is the greeting; what follows is the answer to EHLO.
    if (reply.code === 220)
      return void this.#socket.write(
        `EHLO ${this.#transaction?.client?.hello ?? this.#settings.hostName}\r\n`,
        'latin1',
      );
    if (reply.code !== 250) return this.#end(`XCLIENT refused: ${reply.code} ${replyText(reply)}`);
    this.#sendEnvelope();
  }

  #envelopeLines({ sender, senderExtras, recipients, size, probe }: UpstreamTransaction): string[] {
    const declared = probe === true || !this.offers('SIZE') ? '' : ` SIZE=${size}`;
    return [
      `${this.#withExtras(`MAIL ${sender}`, senderExtras)}${declared}`,
      ...recipients.map(({ path, extras }) => this.#withExtras(`RCPT ${path}`, extras)),
      ...(probe === true ? [] : ['DATA']),
    ];
  }

  #withExtras(line: string, extras: readonly Extra[]): string {
    let whole = line;
    for (const { extension, text } of extras) if (this.offers(extension)) whole += ` ${text}`;
    return whole;
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => {
      if (this.#socket === socket) this.#take(bytes);
    });
    socket.on('error', (error) => this.#end(faultOf(error, this.#doing === 'securing')));
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
      case 'asking':
        this.#becomeIdle();
        return this.#told(reply);
      case 'introducing':
        return this.#onIntroduced(reply);
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
    const inClear = tls.mode === 'none' || (tls.mode === 'if-offered' && !this.#secure);
    if (reply.code >= 500 && protocol === 'smtp' && this.ehlo === null && inClear && !this.#helo) {
      this.#helo = true;
      this.#socket.write(`HELO ${hostName}\r\n`);
      return;
    }
    const ehlo = readEhlo(reply);
    if (ehlo === null) return this.#end(`EHLO refused: ${reply.code} ${replyText(reply)}`);
    this.ehlo = this.#helo ? { ...ehlo, keywords: [] } : ehlo;
    const offered = offers(ehlo, 'STARTTLS') !== undefined;
    if (!this.#secure && (tls.mode === 'starttls' || (tls.mode === 'if-offered' && offered))) {
      if (!offered) return this.#end('STARTTLS is wanted and not offered');
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
    const secure = beginTls(plain, tls);
    this.#reader = createReplyReader();
    secure.once('secureConnect', () => {
      const distrust = distrustOf(secure, tls, this.#settings.clock.now());
      if (distrust !== null) return this.#end(distrust);
      this.#trusted = tls.trust.kind !== 'anybody';
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
    const all = (answer: RecipientAnswer) => transaction.recipients.map(() => answer);
    // Whoever refuses MAIL has said nothing of recipients.
    if (mail.code >= 300) return this.#abort(all(transaction.probe === true ? withheld(mail) : answerOf(mail)), data);
    if (transaction.probe === true) return this.#abort(rest.map(answerOf), undefined);
    if (rest.some(({ code }) => code >= 300))
      return this.#abort(
        rest.map((reply) => (reply.code >= 300 ? answerOf(reply) : withheld(reply))),
        data,
      );
    if (data === undefined || data.code !== 354) {
      if (data === undefined || data.code < 400) return this.#end('an answer to DATA that is none');
      return this.#abort(all(answerOf(data)), data);
    }
    // The only way to take DATA back is to hang up: RSET would be text.
    if (!transaction.wanted()) return this.#withdraw();
    this.#doing = 'content';
    this.deadline = transaction.deadline;
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
    const mail = this.#replies[0]?.code ?? 0;
    this.#answer({ kind: 'answered', recipients, ...(mail >= 400 && mail < 500 ? { turnedAway: true } : {}) });
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
    const answers = recipients.map((_, index) => answerOf((this.#final[index] ?? this.#final[0]) as Reply));
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

  #told(reply: Reply | null): void {
    const finish = this.#asked;
    this.#asked = null;
    finish?.(reply);
  }

  /** Hangs up on a message that has not been sent, by no fault of the server's. */
  #withdraw(): void {
    this.#answer({ kind: 'failed', detail: 'nobody waits for the answer any more', sent: false, stale: false });
    this.#end('a message that is not wanted any more');
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
    const stale = was === 'introducing' || (was === 'envelope' && this.#replies.length === 0);
    this.#gone();
    if (opening) this.#opened(detail);
    this.#told(null);
    const { recipients } = this.#transaction ?? { recipients: [] };
    // LMTP: those that were answered for have their answer, and need no second copy.
    if (was === 'content' && this.#final.length > 0)
      this.#answer({
        kind: 'answered',
        recipients: recipients.map((_, index) => {
          const reply = this.#final[index];
          return reply === undefined ? unanswered(detail) : answerOf(reply);
        }),
      });
    else this.#answer({ kind: 'failed', detail, sent: was === 'content', stale, blame: true });
  }
}
