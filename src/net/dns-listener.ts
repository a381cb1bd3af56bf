import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Listening, listen } from './listener.ts';

/** Answers one query, or keeps silent. */
export type DnsAnswerer = (query: Uint8Array, transport: 'udp' | 'tcp') => Uint8Array | null;

/** Tries for a port that is free for UDP and TCP alike. */
const PORT_TRIES = 20;

/** Serves DNS on one address, UDP and TCP on the same port; 0 takes a free one. */
export async function listenDns(address: string, port: number, answer: DnsAnswerer, delayMs = 0): Promise<Listening> {
  for (let tries = 1; ; tries++) {
    const tcp = await listen({ address, port, onConnection: (socket) => serveTcp(socket, answer) });
    const udp = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    udp.on('message', (query, from) => {
      const send = () => {
        const response = answer(query, 'udp');
        if (response !== null) udp.send(response, from.port, from.address);
      };
      if (delayMs > 0) setTimeout(send, delayMs);
      else send();
    });
    try {
      udp.bind(tcp.port, address);
      await once(udp, 'listening');
    } catch (fault) {
      await tcp.close();
      if (port !== 0 || tries >= PORT_TRIES) throw fault;
      continue;
    }
    udp.on('error', () => undefined);
    return {
      address,
      port: tcp.port,
      async close() {
        udp.close();
        await tcp.close();
      },
    };
  }
}

function serveTcp(socket: import('node:net').Socket, answer: DnsAnswerer): void {
  let held: Buffer = Buffer.alloc(0);
  socket.setTimeout(10_000, () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
      const end = 2 + held.readUInt16BE(0);
      const response = answer(held.subarray(2, end), 'tcp');
      held = held.subarray(end);
      if (response === null) continue;
      const prefix = Buffer.alloc(2);
      prefix.writeUInt16BE(response.length);
      socket.write(Buffer.concat([prefix, response]));
    }
  });
}
