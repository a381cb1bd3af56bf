import type { Socket } from 'node:net';
import { listen } from '../../src/net/listener.ts';

/** A server on a free loopback port that does what a function says, good or bad. */
export interface ScriptedServer extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** Lines the clients sent, over all connections. */
  readonly heard: readonly string[];
  readonly connections: number;
}

/** What a scripted server does with a connection. `onLine` is called for every line of the client, without its end. */
export interface Behaviour {
  greet?(socket: Socket): void;
  onLine?(line: string, socket: Socket): void;
}

export async function scriptedServer(behaviour: Behaviour): Promise<ScriptedServer> {
  const heard: string[] = [];
  let connections = 0;
  const listening = await listen({
    address: '127.0.0.1',
    port: 0,
    onConnection(socket) {
      connections += 1;
      let rest = '';
      socket.on('data', (bytes: Buffer) => {
        const lines = (rest + bytes.toString('latin1')).split('\r\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          heard.push(line);
          behaviour.onLine?.(line, socket);
        }
      });
      behaviour.greet?.(socket);
    },
  });
  return {
    address: listening.address,
    port: listening.port,
    heard,
    get connections() {
      return connections;
    },
    [Symbol.asyncDispose]: () => listening.close(),
  };
}

/** Replies by the first word of a command, upper case; `*` is for all others. A reply is sent as it stands, with CRLF. */
export function byVerb(greeting: string, replies: Readonly<Record<string, string>>): Behaviour {
  return {
    greet: (socket) => socket.write(`${greeting}\r\n`, 'latin1'),
    onLine(line, socket) {
      const verb = line.split(' ')[0]?.toUpperCase() ?? '';
      const reply = replies[verb] ?? replies['*'] ?? '250 ok';
      socket.write(`${reply}\r\n`, 'latin1');
      if (verb === 'QUIT') socket.end();
    },
  };
}
