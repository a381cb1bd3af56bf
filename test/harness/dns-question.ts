import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { Site } from './server.ts';

const STEP_MS = 50;

/** A test of readiness: the server answers a question for the SOA record of `name` with no error. */
export function answers(name: string): (site: Site, signal: AbortSignal) => Promise<boolean> {
  return async ({ address, port }, signal) => {
    const socket = createSocket('udp4');
    socket.on('error', () => {});
    try {
      while (!signal.aborted) {
        socket.send(soaQuestion(name), port, address);
        const heard = await Promise.race([once(socket, 'message'), wait(STEP_MS)]);
        // RFC 1035 §4.1.1: the last four bits of the flags are the response code.
        if (heard !== undefined && (heard[0] as Buffer).length > 3 && ((heard[0] as Buffer)[3]! & 15) === 0)
          return true;
        if (heard !== undefined) await wait(STEP_MS);
      }
      return false;
    } finally {
      socket.close();
    }
  };
}

/** RFC 1035 §4.1: one question, recursion desired. */
function soaQuestion(name: string): Buffer {
  const labels = name.split('.').filter(Boolean);
  const header = Buffer.from([0x6d, 0x77, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  const words = labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([header, ...words, Buffer.from([0, 0, 6, 0, 1])]);
}
