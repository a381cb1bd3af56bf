/**
 * Plays random dialogues to the session core of the edge and to Debian's Postfix and Exim, for as long as you like.
 *
 *     node test/differential/run.ts --seconds 900 [--seed N] [--peer Postfix] [--go-on]
 *
 * Each difference must be one that `differences.ts` explains; another ends the run with the smallest stream that shows it, or with `--go-on`
 * is told and passed over.
 */
import { parseArgs } from 'node:util';
import { differ, type Tally } from './differ.ts';
import { openPeer, type Peer, type PeerName } from './peers.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    peer: { type: 'string' },
    'go-on': { type: 'boolean', default: false },
  },
});

const names: readonly PeerName[] = values.peer === undefined ? ['Postfix', 'Exim'] : [values.peer as PeerName];
const peers: Peer[] = [];
for (const name of names) {
  const peer = await openPeer(name);
  if ('kind' in peer) throw new Error(peer.reason);
  peers.push(peer);
}
const first = Number(values.seed ?? Date.now() % 1_000_000_007);
const until = performance.now() + Number(values.seconds) * 1_000;
const tally: Tally = { streams: 0, messages: 0, explained: new Map() };

function* seeds(): Generator<number, undefined> {
  for (let seed = first + tally.streams; performance.now() < until; seed++) yield seed;
}

for (;;) {
  const told = await differ(seeds(), peers, tally);
  if (told === null) break;
  console.log(told);
  process.exitCode = 1;
  if (!values['go-on']) break;
}
for (const [id, times] of [...tally.explained].sort((a, b) => b[1] - a[1]))
  console.log(`${String(times).padStart(7)} ${id}`);
console.log(
  `${tally.streams} streams from ${first} on, ${tally.messages} messages compared, ${peers.map(({ name, version }) => `${name} ${version}`).join(', ')}`,
);
for (const peer of peers) await peer[Symbol.asyncDispose]();
