import type { Clock } from '../net/clock.ts';
import type { Failure } from '../net/dialler.ts';
import type { SmtpClient } from '../net/smtp-client.ts';
import { type Reply, replyText } from '../wire/smtp/reply.ts';

/** How an honest visitor fares. `refused`: the server talks, and turns this address away. `gone`: it does not talk. */
export type Pulse =
  | { readonly state: 'served'; readonly took: number }
  | { readonly state: 'refused'; readonly words: string }
  | { readonly state: 'gone'; readonly words: string };

/** Greets a server as an honest sender does, and leaves. */
export async function takePulse(
  client: SmtpClient,
  endpoint: { readonly address: string; readonly port: number },
  hello: string,
  clock: Clock,
): Promise<Pulse> {
  const began = clock.monotonic();
  const opened = await client.open(endpoint);
  if (!opened.ok) return gone(opened);
  const { connection } = opened;
  try {
    for (const ask of [() => connection.greeting(), () => connection.command(`EHLO ${hello}`)]) {
      const answer = await ask();
      if (!answer.ok) return gone(answer);
      if (answer.reply.code >= 300) return { state: 'refused', words: quoteReply(answer.reply) };
    }
    const took = Math.round(clock.monotonic() - began);
    await connection.command('QUIT');
    return { state: 'served', took };
  } finally {
    connection.close();
  }
}

function gone({ reason, detail }: Failure): Pulse {
  return { state: 'gone', words: `${reason}: ${detail}` };
}

/** Characters of a server's words that a sentence quotes. */
const QUOTE_MAX = 160;

/** A reply as a sentence quotes it. */
export function quoteReply(reply: Reply): string {
  return `${reply.code} ${replyText(reply).replaceAll('\n', ' / ')}`.slice(0, QUOTE_MAX);
}
