/** Mail under murder: edge and upstream are killed at random while clients send, and the books are compared at the end. */
import { setTimeout as pause } from 'node:timers/promises';
import { dialogue } from './dialogue.ts';
import { type RunningEdge, startEdge } from './edge.ts';
import { type MailSink, mailSink, type SinkAnswer } from './mail-sink.ts';

export interface LossBooks {
  /** Ids that were answered with 250. */
  readonly acknowledged: ReadonlySet<string>;
  /** Ids at the upstream, with how often each came. */
  readonly arrived: ReadonlyMap<string, number>;
  readonly killed: { readonly edge: number; readonly upstream: number };
}

/** A small generator, so that a run can be had again by its seed (mulberry32). */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const CLIENTS = 6;

/** Kills `rounds` times, at random moments: the edge, the upstream's connections, or both. */
export async function loseMail(rounds: number, seed: number): Promise<LossBooks> {
  const random = chance(seed);
  const acknowledged = new Set<string>();
  const arrived = new Map<string, number>();
  const killed = { edge: 0, upstream: 0 };
  const count = (sink: MailSink) => {
    for (const { text } of sink.mails) {
      const id = /^X-Id: (\S+)\r$/m.exec(text)?.[1] ?? '?';
      arrived.set(id, (arrived.get(id) ?? 0) + 1);
    }
  };
  // Now and then the upstream says no, later, or nothing that makes sense; what it answers with 250 it has.
  const answer = (line: string): SinkAnswer | undefined => {
    const draw = random();
    if (line === '.' && draw < 0.05) return draw < 0.02 ? '451 later' : draw < 0.035 ? '554 no' : 'close';
    return draw > 0.995 && /^(?:MAIL|RCPT|DATA)/.test(line) ? 'close' : undefined;
  };
  let sink = await mailSink({ answer });
  const { port } = sink;
  let edge: RunningEdge = await startEdge({ upstream: `127.0.0.1:${port}`, config: 'exempt: [127.0.0.0/8]' });
  let over = false;
  let number = 0;

  const client = async (): Promise<void> => {
    while (!over) {
      try {
        const line = await dialogue(edge.port);
        await line.next();
        await line.say('EHLO client.sender.test');
        for (let sent = 0; sent < 20 && !over && !line.closed; sent++) {
          const id = `m${++number}`;
          const mail = await line.say('MAIL FROM:<a@sender.test>');
          if (!mail.startsWith('250')) break;
          if (!(await line.say('RCPT TO:<b@example.test>')).startsWith('250')) break;
          if (!(await line.say('DATA')).startsWith('354')) break;
          const told = await line.say(`Subject: x\r\nX-Id: ${id}\r\n\r\n${'y'.repeat(500)}\r\n.`);
          if (told.startsWith('250')) acknowledged.add(id);
        }
        line.close();
      } catch {
        // The edge is being killed: it was not answered, so nothing is owed.
      }
      await pause(5);
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  for (let round = 0; round < rounds; round++) {
    await pause(50 + random() * 300);
    const draw = random();
    if (draw < 0.7) {
      killed.edge++;
      edge.signal('SIGKILL');
      edge = await edge.again();
    }
    if (draw > 0.5) {
      killed.upstream++;
      await sink.close();
      count(sink);
      sink = await mailSink({ port, answer });
    }
  }
  await pause(500);
  over = true;
  await Promise.all(clients);
  await edge.stop();
  await sink.close();
  count(sink);
  return { acknowledged, arrived, killed };
}
