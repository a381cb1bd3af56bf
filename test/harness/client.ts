import { connect } from 'node:net';

/** What a server said to a client that sends `lines`, each after the reply to the one before; a reply is its lines joined by LF. */
export async function converse(
  server: { readonly address: string; readonly port: number },
  lines: readonly string[],
  timeoutMs = 20_000,
): Promise<readonly string[]> {
  const socket = connect({ host: server.address, port: server.port, signal: AbortSignal.timeout(timeoutMs) });
  const replies: string[] = [];
  let text = '';
  try {
    for await (const bytes of socket) {
      text += bytes.toString('latin1');
      const whole = text.split('\r\n').slice(0, -1);
      if (!/^\d{3}(?: |$)/.test(whole.at(-1) ?? '')) continue;
      replies.push(whole.join('\n'));
      text = '';
      const next = lines[replies.length - 1];
      if (next === undefined) break;
      socket.write(`${next}\r\n`);
    }
  } finally {
    socket.destroy();
  }
  return replies;
}

/** Sends one message and returns the replies: greeting, EHLO, MAIL, one a recipient, DATA, end of data. */
export function send(
  server: { readonly address: string; readonly port: number },
  from: string,
  to: readonly string[],
  message: string,
): Promise<readonly string[]> {
  return converse(server, [
    'EHLO client.example.test',
    `MAIL FROM:<${from}>`,
    ...to.map((address) => `RCPT TO:<${address}>`),
    'DATA',
    `${message.replaceAll(/\r?\n/g, '\r\n')}\r\n.`,
  ]);
}
