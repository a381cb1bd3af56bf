import { mailDate } from './mail-date.ts';

/** A message that a persona took. */
export interface TakenMessage {
  readonly sender: string;
  readonly recipient: string;
  /** The name its client gave in EHLO. */
  readonly helo: string;
  /** As it came, dots undone. */
  readonly bytes: Buffer;
}

/** A mailbox in memory, in which letters arrive and bounces come back. */
export interface Sink {
  deliver(message: Buffer): void;
  /** The messages that hold `token`, oldest first. */
  holding(token: string): Promise<readonly Buffer[]>;
}

/** Messages a sink holds; older ones are dropped. */
const SINK_MAX = 100;

export function createSink(): Sink {
  const held: Buffer[] = [];
  return {
    deliver(message) {
      held.push(message);
      if (held.length > SINK_MAX) held.shift();
    },
    holding: async (token) => held.filter((message) => message.includes(token)),
  };
}

/** Subject and message id of the original, for the report to quote; a line at most, whatever was sent. */
const FIELD = /^(subject|message-id):[ \t]*(.{0,200})/gim;

/** Fills a bounce of `bounces/`: `{name}` stands for what is known of the message and of the company that bounces it. */
export function writeBounce(
  template: string,
  domain: string,
  { sender, recipient, helo, bytes }: TakenMessage,
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
