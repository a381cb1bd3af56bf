import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type Listening, listen } from './listener.ts';

/** Answers one query, or keeps silent. */
export type DnsAnswerer = (query: Uint8Array, transport: 'udp' | 'tcp') => Uint8Array | null;

/** Tries for a port that is free for UDP and TCP alike. */
const PORT_TRIES = 20;
/** Milliseconds after which a silent TCP connection is closed. */
const IDLE = 10_000;

/** Serves DNS on one address, UDP and TCP on the same port; 0 takes a free one. `delayMs` holds every answer back, as distance does. */
export async function listenDns(address: string, port: number, answer: DnsAnswerer, delayMs = 0): Promise<Listening> {
  const later = (send: () => void) => {
    if (delayMs > 0) setTimeout(send, delayMs);
    else send();
  };
  for (let tries = 1; ; tries++) {
    const tcp = await listen({ address, port, onConnection: (socket) => serveTcp(socket, answer, later) });
    const udp = createSocket({ type: address.includes(':') ? 'udp6' : 'udp4', recvBufferSize: 1 << 20 });
    let open = true;
    udp.on('message', (query, from) => {
      const response = answer(query, 'udp');
      if (response !== null) later(() => open && udp.send(response, from.port, from.address));
    });
    try {
      udp.bind(tcp.port, address);
      await once(udp, 'listening');
    } catch (fault) {
      udp.close();
      await tcp.close();
      if (port !== 0 || tries >= PORT_TRIES) throw fault;
      continue;
    }
    // What a client no longer waits for comes back by ICMP, and is nobody's business.
    udp.on('error', () => undefined);
    return {
      address,
      port: tcp.port,
      async close() {
        open = false;
        udp.close();
        await tcp.close();
      },
    };
  }
}

/** Each message has its length in front (RFC 1035 §4.2.2); a client may send several (RFC 7766 §6.2.1). */
function serveTcp(socket: Socket, answer: DnsAnswerer, later: (send: () => void) => void): void {
  let held: Buffer = Buffer.alloc(0);
  socket.setTimeout(IDLE, () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
      const end = 2 + held.readUInt16BE(0);
      const response = answer(held.subarray(2, end), 'tcp');
      held = held.subarray(end);
      if (response === null) continue;
      const prefix = Buffer.alloc(2);
      prefix.writeUInt16BE(response.length);
      later(() => socket.write(Buffer.concat([prefix, response])));
    }
  });
}
