/** A wire between a client and a server that a test listens to, and meddles with. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface TappedWire extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** All that clients have sent, over all connections; latin1. */
  readonly heard: string;
  /** Ends all connections, as a server does that was not asked for long, and resolves when the clients have noticed. */
  hangUp(): Promise<void>;
}

/** Passes connections on to a server. `change` is given each piece of what the server says, as latin1, and says what the client is told. */
export async function tapWire(
  to: { readonly address: string; readonly port: number },
  change: (text: string) => string = (text) => text,
): Promise<TappedWire> {
  const sockets = new Set<Socket>();
  const clients = new Set<Socket>();
  let heard = '';
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const behind = connect({ host: to.address, port: to.port });
    keep(client);
    keep(behind);
    client.on('data', (bytes: Buffer) => {
      heard += bytes.toString('latin1');
      behind.write(bytes);
    });
    behind.on('data', (bytes: Buffer) => client.write(change(bytes.toString('latin1')), 'latin1'));
    clients.add(client.on('close', () => behind.destroy()));
    behind.on('close', () => client.end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: '127.0.0.1',
    port: (server.address() as { port: number }).port,
    get heard() {
      return heard;
    },
    async hangUp() {
      const open = [...clients].filter((client) => !client.closed);
      const closed = open.map((client) => once(client, 'close'));
      for (const client of open) client.end();
      await Promise.all(closed);
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
