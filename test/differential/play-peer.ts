import { once } from 'node:events';
import { connect } from 'node:net';
import type { Observation, UnitAnswer } from './observation.ts';
import type { Peer } from './peers.ts';
import { repliesIn } from './play-core.ts';
import type { Stream } from './stream.ts';

/** Milliseconds. How long a server is given for an answer that is expected, and for one that is not. */
export interface Patience {
  readonly expected: number;
  readonly unexpected: number;
}
export const QUICK: Patience = { expected: 700, unexpected: 12 };
/** A difference counts only if it is there with all the time a busy machine may need. */
export const PATIENT: Patience = { expected: 2_500, unexpected: 250 };

/** Plays a stream to a real server and waits for the messages it took; `like` says how many replies are worth waiting for. */
export async function playPeer(
  stream: Stream,
  peer: Peer,
  like: Observation,
  patience: Patience,
): Promise<Observation> {
  const whole: UnitAnswer[] = [];
  for (const answer of await playSocket(stream, peer, like, patience)) {
    const ids = answer.replies.flatMap((reply) => ACCEPTED.exec(reply)?.[1] ?? []);
    const messages = (await Promise.all(ids.map((id) => peer.message(id)))).filter((message) => message !== null);
    whole.push({ ...answer, messages, rules: [] });
  }
  return whole;
}

/** The words of Postfix and Exim for a message that they took, with its id. */
const ACCEPTED = /^250 (?:2\.0\.0 Ok: (?:\d+ bytes )?queued as |.*OK id=)([A-Za-z0-9-]+)/;

/** Plays a stream over a connection, one unit after the answer to the one before. */
export async function playSocket(
  stream: Stream,
  peer: { readonly address: string; readonly port: number },
  like: Observation,
  patience: Patience,
): Promise<readonly Pick<UnitAnswer, 'replies' | 'closed'>[]> {
  const socket = connect({ host: peer.address, port: peer.port, noDelay: true });
  let text = '';
  let closed = false;
  let wake = (): void => undefined;
  socket
    .on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      wake();
    })
    .on('error', () => undefined)
    .on('close', () => {
      closed = true;
      wake();
    });
  const moved = (most: number) =>
    new Promise<boolean>((resolve) => {
      const late = setTimeout(() => resolve(false), most);
      wake = () => {
        clearTimeout(late);
        resolve(true);
      };
    });
  /** The replies that come, and no more: once `wanted` are there a short silence is the end. */
  const gather = async (wanted: number, ends: boolean): Promise<string[]> => {
    for (;;) {
      if (closed) break;
      const enough = repliesIn(text).length >= wanted && !ends;
      if (!(await moved(enough ? patience.unexpected : patience.expected))) break;
    }
    const replies = repliesIn(text);
    text = '';
    return replies;
  };
  const answers: { replies: readonly string[]; closed: boolean }[] = [];
  try {
    await once(socket, 'connect');
    await gather(1, false);
    for (const [at, unit] of stream.units.entries()) {
      if (closed) break;
      socket.write(unit);
      const expected = like[at];
      const replies = await gather(expected?.replies.length ?? 0, expected?.closed ?? false);
      answers.push({ replies, closed });
      if (expected === undefined) break;
    }
  } finally {
    socket.destroy();
  }
  return answers;
}
