/** Plays streams to the session core and to real servers, and tells how they differ. */
import { compare, type Difference } from './compare.ts';
import type { Peer } from './peers.ts';
import { playCore } from './play-core.ts';
import { PATIENT, playPeer, QUICK } from './play-peer.ts';
import { shrink } from './shrink.ts';
import { type Stream, showStream, streamOf } from './stream.ts';

export interface Tally {
  streams: number;
  /** Messages that the edge and a peer took and whose bytes were compared. */
  messages: number;
  /** By peer and id of the explanation. */
  readonly explained: Map<string, number>;
}

/** Sessions at once: more only make a machine of two cores late. */
const AT_ONCE = 6;

/** Plays the streams of `seeds` until they end or one shows what nobody explained; returns that, in words. */
export async function differ(seeds: Iterator<number>, peers: readonly Peer[], tally: Tally): Promise<string | null> {
  let found: { readonly seed: number; readonly peer: Peer } | null = null;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = seeds.next(); next.done !== true && found === null; next = seeds.next()) {
        const seed = next.value;
        const stream = streamOf(seed);
        tally.streams++;
        for (const peer of peers) if ((await differs(stream, peer, tally)) !== null) found ??= { seed, peer };
      }
    }),
  );
  if (found === null) return null;
  const { seed, peer } = found as { readonly seed: number; readonly peer: Peer };
  const small = await shrink(streamOf(seed), async (stream) => (await differs(stream, peer)) !== null);
  const difference = await differs(small, peer);
  return `stream ${seed} parts the edge and ${peer.name} ${peer.version}, and nothing in EXPLAINED says why:\n${showStream(small)}\n${shown(difference)}`;
}

/** A difference that nobody explained; one that a busy machine made is gone when it is looked at with patience. */
async function differs(stream: Stream, peer: Peer, tally?: Tally): Promise<Difference | null> {
  const core = await playCore(stream);
  let verdict = compare(stream, core, await playPeer(stream, peer, core, QUICK), peer.name);
  if (verdict.unexplained !== null)
    verdict = compare(stream, core, await playPeer(stream, peer, core, PATIENT), peer.name);
  if (tally !== undefined) {
    tally.messages += verdict.messages;
    for (const id of verdict.explained) {
      const key = `${peer.name} ${id}`;
      tally.explained.set(key, (tally.explained.get(key) ?? 0) + 1);
    }
  }
  return verdict.unexplained;
}

function shown(difference: Difference | null): string {
  if (difference === null) return 'the smaller stream does not show it every time';
  const { phase, line, ours, theirs, said, rules, kind, messages } = difference;
  return [
    `${phase} ${JSON.stringify(line.slice(0, 300))}`,
    `edge:  ${ours} ${said.ours.join(' | ')} (${rules.join(', ')})`,
    `other: ${theirs} ${said.theirs.join(' | ')}`,
    ...(kind === 'message' ? [JSON.stringify(messages?.ours), JSON.stringify(messages?.theirs)] : []),
  ].join('\n');
}
