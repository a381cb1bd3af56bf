/** A mail server that has bad times: it is slow, puts off, hangs up in the middle of an answer, is killed and comes back. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** `later` puts a third off; `half` hangs up within a fifth of the answers to whole messages, kept or not; `down` is not there at all. */
export type Times = 'good' | 'later' | 'slow' | 'half' | 'down';

export interface UnsteadyUpstream {
  readonly port: number;
  /** How often a letter was kept, by its id and recipient. */
  readonly kept: ReadonlyMap<string, number>;
  become(times: Times): Promise<void>;
}

/** Milliseconds before an answer in slow times. */
const SLOW = 300;

/** `chance` gives numbers from 0 to 1. */
export async function unsteadyUpstream(chance: () => number): Promise<UnsteadyUpstream> {
  const kept = new Map<string, number>();
  const sockets = new Set<Socket>();
  let times: Times = 'good';
  const open = async (port: number): Promise<Server> => {
    const opened = createServer({ noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
      converse(socket, () => times, kept, chance);
    });
    opened.listen(port, '127.0.0.1');
    await once(opened, 'listening');
    return opened;
  };
  let server = await open(0);
  const { port } = server.address() as { port: number };
  return {
    port,
    kept,
    async become(next) {
      const was = times;
      times = next;
      if (next === 'down' && was !== 'down') {
        server.close();
        for (const socket of sockets) socket.resetAndDestroy();
      } else if (next !== 'down' && was === 'down') server = await open(port);
    },
  };
}

function converse(socket: Socket, times: () => Times, kept: Map<string, number>, chance: () => number): void {
  let held = '';
  let inside = false;
  let recipients: string[] = [];
  const say = (text: string) => {
    if (times() === 'slow') setTimeout(() => socket.write(`${text}\r\n`, 'latin1'), SLOW);
    else socket.write(`${text}\r\n`, 'latin1');
  };
  const later = () => times() === 'later' && chance() < 0.33;
  const command = (line: string): void => {
    switch (line.slice(0, 4).toUpperCase()) {
      case 'EHLO':
        return say('250-upstream.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 104857600');
      case 'MAIL':
        recipients = [];
        return say('250 2.1.0 ok');
      case 'RCPT':
        if (later()) return say('450 4.2.0 not now');
        recipients.push(/<([^>]*)>/.exec(line)?.[1] ?? '');
        return say('250 2.1.5 ok');
      case 'DATA':
        if (recipients.length === 0) return say('554 5.5.1 no valid recipients');
        inside = true;
        return say('354 go on');
      case 'QUIT':
        say('221 bye');
        return void socket.end();
      default:
        return say('250 ok');
    }
  };
  const letter = (text: string): void => {
    inside = false;
    if (later()) return say('451 4.3.0 not now');
    const half = times() === 'half' && chance() < 0.2;
    const id = /^X-Soak: (\S+)/m.exec(text)?.[1] ?? 'none';
    if (!half || chance() < 0.5)
      for (const recipient of recipients) {
        const key = `${id} ${recipient}`;
        kept.set(key, (kept.get(key) ?? 0) + 1);
      }
    if (!half) return say('250 2.0.0 kept');
    socket.write('25');
    socket.destroy();
  };
  socket.on('data', (bytes: Buffer) => {
    held += bytes.toString('latin1');
    for (;;) {
      const end = inside ? held.indexOf('\r\n.\r\n') : held.indexOf('\r\n');
      if (end < 0) return;
      const taken = held.slice(0, end);
      held = held.slice(end + (inside ? 5 : 2));
      if (inside) letter(taken);
      else command(taken);
    }
  });
  say('220 upstream.test ESMTP');
}
