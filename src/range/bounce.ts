import { mailDate } from './mail-date.ts';

/** A message that a persona took and cannot deliver. */
export interface BouncedMessage {
  readonly sender: string;
  readonly recipient: string;
  /** The name its client gave in EHLO. */
  readonly helo: string;
  /** As it came, dots undone. */
  readonly bytes: Buffer;
}

/** A mailbox in memory that bounces come back to. */
export interface Sink {
  deliver(recipient: string, message: Buffer): void;
  /** The first message for `recipient` that holds `token`; waits until it is there, or until the signal aborts. */
  find(recipient: string, token: string, signal: AbortSignal): Promise<Buffer>;
}

/** Messages a sink holds; older ones are dropped. */
const SINK_MAX = 100;

export function createSink(): Sink {
  const held: { readonly recipient: string; readonly message: Buffer }[] = [];
  const waiting = new Set<() => void>();
  return {
    deliver(recipient, message) {
      held.push({ recipient: recipient.toLowerCase(), message });
      if (held.length > SINK_MAX) held.shift();
      for (const look of waiting) look();
    },
    find(recipient, token, signal) {
      return new Promise((resolve, reject) => {
        const stop = () => {
          waiting.delete(look);
          reject(signal.reason);
        };
        const look = () => {
          const found = held.find(
            (entry) => entry.recipient === recipient.toLowerCase() && entry.message.includes(token),
          );
          if (found === undefined) return;
          waiting.delete(look);
          signal.removeEventListener('abort', stop);
          resolve(found.message);
        };
        if (signal.aborted) return reject(signal.reason);
        signal.addEventListener('abort', stop, { once: true });
        waiting.add(look);
        look();
      });
    },
  };
}

/** Subject and message id of the original, for the report to quote; a line at most, whatever was sent. */
const FIELD = /^(subject|message-id):[ \t]*(.{0,200})/gim;

/** Fills a bounce of `bounces/`: `{name}` stands for what is known of the message and of the company that bounces it. */
export function writeBounce(
  template: string,
  domain: string,
  { sender, recipient, helo, bytes }: BouncedMessage,
  now: Date,
): Buffer {
  const fields = new Map<string, string>();
  for (const [, name = '', value = ''] of bytes.toString('latin1', 0, 4_096).matchAll(FIELD))
    fields.set(name.toLowerCase(), value.trim());
  const values: Readonly<Record<string, string>> = {
    domain,
    sender,
    recipient,
    asker: helo,
    date: mailDate(now),
    localDate: inBerlin(now),
    subject: fields.get('subject') ?? '',
    token: /<([^@>]+)@/.exec(fields.get('message-id') ?? '')?.[1] ?? 'unknown',
  };
  const filled = template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  return Buffer.from(filled.replaceAll('\n', '\r\n'), 'latin1');
}

/** A server's own clock shows where it stands: UTC+1, winter and summer. */
function inBerlin(now: Date): string {
  return mailDate(new Date(now.getTime() + 3_600_000)).replace('+0000', '+0100');
}
