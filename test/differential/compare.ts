/** Where two servers part: the first unit of a stream that they answer in classes of their own, and the first message they read differently. */

import { isDeepStrictEqual } from 'node:util';
import { EXPLAINED } from './differences.ts';
import { type Explanation, named } from './explanation.ts';
import { classes, type Observation, type Received } from './observation.ts';
import { type Part, partsOf } from './parts.ts';
import type { PeerName } from './peers.ts';
import type { Stream } from './stream.ts';

/** One difference, with all that an explanation may look at. */
export interface Difference {
  readonly peer: PeerName;
  readonly kind: 'answer' | 'message';
  readonly unit: string;
  /** The command line that was answered differently, with its end, the part before it, and all behind it in its unit; latin1. Of a text, all of it. */
  readonly line: string;
  readonly previous: string;
  readonly behind: string;
  /** How both were greeted before. */
  readonly hello: 'HELO' | 'EHLO' | null;
  /** Both refused a chunk before, or something between two chunks. */
  readonly chunkRefused: boolean;
  /** Commands are read, or the text behind DATA. */
  readonly phase: 'command' | 'text';
  /** Classes of the answers from the first that differs on: `5x` is a refusal and the end, `` is silence. */
  readonly ours: string;
  readonly theirs: string;
  /** Rules of the edge that hit in this unit. */
  readonly rules: readonly string[];
  /** The words of both, from the first difference on. */
  readonly said: { readonly ours: readonly string[]; readonly theirs: readonly string[] };
  readonly messages?: { readonly ours: Received | undefined; readonly theirs: Received | undefined };
}

export interface Verdict {
  /** By the id of their explanation, in order. */
  readonly explained: readonly string[];
  readonly unexplained: Difference | null;
  /** Messages that both took and that were compared. */
  readonly messages: number;
}

/** Compares what both did with a stream, up to the first difference behind which they are in different states. */
export function compare(stream: Stream, core: Observation, other: Observation, peer: PeerName): Verdict {
  const explained: string[] = [];
  let messages = 0;
  let inText = false;
  let hello: Difference['hello'] = null;
  let carried = '';
  let chunks: Chunks = 'none';
  for (const [at, bytes] of stream.units.entries()) {
    const ours = core[at];
    const theirs = other[at];
    if (ours === undefined || theirs === undefined) break;
    const unit = carried + bytes.toString('latin1');
    const [a, b] = [classes(ours), classes(theirs)];
    const parts = partsOf(unit, inText);
    const differenceAt = (first: number, kind: Difference['kind']): Difference => ({
      peer,
      kind,
      unit,
      phase: parts[first]?.phase ?? 'command',
      line: parts[first]?.text ?? '',
      previous: parts[first - 1]?.text ?? '',
      hello,
      chunkRefused: chunksAfter(parts.slice(0, first), a, chunks) === 'broken',
      behind: textOf(parts.slice(first + 1)),
      rules: ours.rules,
      ours: a.slice(first),
      theirs: b.slice(first),
      said: { ours: ours.replies.slice(first), theirs: theirs.replies.slice(first) },
    });
    const before = explained.length;
    for (let first = 0; first < Math.max(a.length, b.length); first++) {
      if (a[first] === b[first]) continue;
      const found = differenceAt(first, 'answer');
      const why = explain(found);
      if (why === undefined) return { explained, unexplained: found, messages };
      explained.push(why.id);
      if (why.parted || a.length !== b.length) return { explained, unexplained: null, messages };
    }
    // What only one of them took was told by its answer.
    const told = explained.length > before;
    for (let index = 0; !told && index < Math.max(ours.messages.length, theirs.messages.length); index++) {
      const pair = { ours: ours.messages[index], theirs: theirs.messages[index] };
      messages++;
      if (alike(pair.ours, pair.theirs)) continue;
      const found: Difference = { ...differenceAt(0, 'message'), messages: pair };
      const why = explainMessage(found);
      if (why === null) return { explained, unexplained: found, messages };
      explained.push(...why.map(({ id }) => id));
    }
    for (const [index, part] of parts.entries()) {
      if (part.phase === 'command' && a[index] === '2' && /^(?:HELO|EHLO)\b/i.test(part.text))
        hello = /^H/i.test(part.text) ? 'HELO' : 'EHLO';
    }
    chunks = chunksAfter(parts, a, chunks);
    const last = parts.at(-1);
    carried = last === undefined || last.whole ? '' : last.text;
    inText = /3x?$/.test(a) || (last?.phase === 'text' && !last.whole);
  }
  return { explained, unexplained: null, messages };
}

function explain(difference: Difference): Explanation | undefined {
  return EXPLAINED.find(({ peers, holds }) => peers.includes(difference.peer) && holds?.(difference) === true);
}

/** What explains that two servers read a message differently; two things may come together. Null if nothing does. */
function explainMessage(difference: Difference): readonly Explanation[] | null {
  const whole = explain(difference);
  if (whole !== undefined) return [whole];
  const { ours, theirs } = difference.messages ?? {};
  if (ours === undefined || theirs === undefined || !sameEnvelope(ours, theirs)) return null;
  const readers = EXPLAINED.filter(({ peers, alike }) => alike !== undefined && peers.includes(difference.peer));
  const sets = [...readers.map((one) => [one]), ...readers.flatMap((one) => readers.map((two) => [one, two]))];
  const read = (text: string, set: readonly Explanation[]) => set.reduce((sum, { alike }) => alike?.(sum) ?? sum, text);
  return sets.find((set) => read(ours.text, set) === read(theirs.text, set)) ?? null;
}

/** What came of a message in chunks so far: more is awaited, or an error was made on the way. */
type Chunks = 'none' | 'open' | 'broken';

/** `answered` are the classes of the answers to these parts. */
function chunksAfter(parts: readonly Part[], answered: string, before: Chunks): Chunks {
  let state = before;
  for (const [index, part] of parts.entries()) {
    const refused = answered[index] === '5';
    if (refused && (state === 'open' || isChunk(part))) state = 'broken';
    else if (state !== 'broken' && isChunk(part)) state = /^[^\n]*LAST/i.test(part.text) ? 'none' : 'open';
  }
  return state;
}

const isChunk = ({ phase, text }: Part): boolean => phase === 'command' && /^BDAT\b/i.test(text);
const textOf = (parts: readonly Part[]): string => parts.map(({ text }) => text).join('');

function alike(a: Received | undefined, b: Received | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.text === b.text && a.recipients.length === b.recipients.length && sameEnvelope(a, b);
}

const sameEnvelope = (a: Received, b: Received): boolean =>
  isDeepStrictEqual(named([a.sender]), named([b.sender])) &&
  isDeepStrictEqual(named(a.recipients), named(b.recipients));
