/** A mail server on a free loopback port that keeps, byte for byte, whatever it is sent, and does as it is told with it. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** A reply by which the sink answers a command, without CRLF; `close` hangs up instead; `silence` says nothing. */
export type SinkAnswer = string | 'close' | 'silence';

export interface SinkOptions {
  readonly port?: number;
  /** Lines of the answer to EHLO behind the first. Default: PIPELINING, 8BITMIME, SIZE, SMTPUTF8, DSN. */
  readonly extensions?: readonly string[];
  /** The answer to a command line, or `.` for the end of a message, if it is not to be the usual one. */
  readonly answer?: (line: string) => SinkAnswer | undefined;
  readonly lmtp?: boolean;
}

export interface SunkMail {
  readonly sender: string;
  readonly recipients: readonly string[];
  /** As it came, dot-stuffed, without the terminating line; latin1. */
  readonly text: string;
}

export interface MailSink extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  readonly mails: readonly SunkMail[];
  /** Every command line that was heard, over all connections. */
  readonly heard: readonly string[];
  readonly connections: number;
  close(): Promise<void>;
}

const USUAL = ['PIPELINING', 'SIZE 104857600', '8BITMIME', 'SMTPUTF8', 'DSN', 'ENHANCEDSTATUSCODES'];

export async function mailSink(options: SinkOptions = {}): Promise<MailSink> {
  const mails: SunkMail[] = [];
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
    converse(socket, options, heard, mails);
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const close = async () => {
    if (!server.listening) return;
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  };
  return {
    address: '127.0.0.1',
    port,
    mails,
    heard,
    get connections() {
      return connections;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function converse(socket: Socket, options: SinkOptions, heard: string[], mails: SunkMail[]): void {
  let rest = '';
  let inData = false;
  let sender = '';
  let recipients: string[] = [];
  const say = (answer: SinkAnswer): void => {
    if (answer === 'close') socket.destroy();
    else if (answer !== 'silence') socket.write(`${answer}\r\n`, 'latin1');
  };
  const usual = (line: string): string => {
    const verb = line.slice(0, 4).toUpperCase();
    switch (verb) {
      case 'EHLO':
      case 'LHLO':
        return ['sink.test', ...(options.extensions ?? USUAL)]
          .map((text, at, all) => `250${at === all.length - 1 ? ' ' : '-'}${text}`)
          .join('\r\n');
      case 'MAIL':
        sender = line.slice(10);
        recipients = [];
        return '250 2.1.0 ok';
      case 'RCPT':
        recipients.push(/<((?:"(?:[^"\\]|\\.)*"|[^>"])*)>/.exec(line)?.[1] ?? '');
        return '250 2.1.5 ok';
      case 'DATA':
        if (recipients.length === 0) return '554 5.5.1 no valid recipients';
        inData = true;
        return '354 go on';
      case 'QUIT':
        return '221 bye';
      default:
        return '250 ok';
    }
  };
  const endOfData = (text: string): void => {
    inData = false;
    for (const recipient of options.lmtp === true ? recipients : ['']) {
      const told = options.answer?.(recipient === '' ? '.' : `. ${recipient}`);
      if (told === undefined || told.startsWith('2'))
        mails.push({ sender, recipients: recipient === '' ? recipients : [recipient], text });
      say(told ?? '250 2.0.0 kept');
    }
  };
  const onLine = (line: string): void => {
    heard.push(line);
    const told = options.answer?.(line);
    if (told === undefined || told.startsWith('2') || told.startsWith('3')) {
      const answer = usual(line);
      say(told ?? answer);
    } else say(told);
    if (line.slice(0, 4).toUpperCase() === 'QUIT') socket.end();
  };
  socket.on('data', (bytes: Buffer) => {
    rest += bytes.toString('latin1');
    for (;;) {
      if (inData) {
        const end = rest.startsWith('.\r\n') ? 0 : rest.indexOf('\r\n.\r\n');
        if (end < 0) return;
        const text = end === 0 && rest.startsWith('.\r\n') ? '' : rest.slice(0, end + 2);
        rest = rest.slice(text.length + 3);
        endOfData(text);
      } else {
        const end = rest.indexOf('\r\n');
        if (end < 0) return;
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        onLine(line);
      }
    }
  });
  say(options.answer?.('') ?? '220 sink.test ESMTP');
}
