import { blocksOf, lineAt } from './log-files.ts';
import { isAbout, type LogLine, needleOf, readLine } from './log-line.ts';

export interface TraceQuestion {
  /** All of them must be met somewhere in a session. */
  readonly terms: readonly string[];
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly until: number;
  /** Sessions at most; the newest are kept. */
  readonly limit: number;
}

/** A session as the log tells it. */
export interface TracedSession {
  readonly id: string;
  readonly lines: readonly LogLine[];
  /** There were more lines than are kept. */
  readonly cut: boolean;
}

/** Lines of one session that are kept: a peer may say NOOP ten thousand times. */
const LINES_MOST = 1_000;

/**
 * Finds the sessions that a question is about, oldest first. The files are read twice, once for who is meant and once for all that was
 * said of them: memory grows with what is found and not with the log.
 */
export async function findSessions(files: readonly string[], question: TraceQuestion): Promise<TracedSession[]> {
  const found = await sessionsAbout(files, question);
  const lines = new Map<string, LogLine[]>([...found].map((id) => [id, []]));
  if (found.size === 0) return [];
  for (const file of files) {
    for await (const block of blocksOf(file)) {
      for (const match of block.matchAll(/"session":"([\w-]{1,80})"/g)) {
        const told = lines.get(match[1] as string);
        if (told === undefined || told.length > LINES_MOST) continue;
        const line = readLine(lineAt(block, match.index).text);
        // A stranger may have written these very words into a text; who speaks is what the line itself says.
        if (line?.session === match[1]) told.push(line as LogLine);
      }
    }
  }
  return [...lines].map(([id, told]) => ({ id, lines: told.slice(0, LINES_MOST), cut: told.length > LINES_MOST }));
}

async function sessionsAbout(files: readonly string[], question: TraceQuestion): Promise<Set<string>> {
  const sets: Set<string>[] = question.terms.map(() => new Set());
  const needles = question.terms.map(needleOf);
  for (const file of files) {
    for await (const block of blocksOf(file)) {
      const lower = block.toLowerCase();
      needles.forEach((needle, index) => {
        needle.lastIndex = 0;
        for (let met = needle.exec(lower); met !== null; met = needle.exec(lower)) {
          const { text, end } = lineAt(block, met.index);
          const line = readLine(text);
          if (line !== null && isWithin(line, question) && isAbout(line, question.terms[index] as string))
            keep(sets[index] as Set<string>, line.session, question.terms.length === 1 ? question.limit : CANDIDATES);
          needle.lastIndex = Math.max(end, met.index + 1);
        }
      });
    }
  }
  const [first = new Set<string>(), ...others] = sets;
  return new Set([...first].filter((id) => others.every((set) => set.has(id))).slice(-question.limit));
}

/** Sessions that are remembered for each of several terms, until it is known which meet all. */
const CANDIDATES = 100_000;

/** Adds to a set that keeps the newest. */
function keep(set: Set<string>, id: string, most: number): void {
  if (set.has(id)) return;
  set.add(id);
  if (set.size > most) set.delete(set.values().next().value as string);
}

function isWithin({ time }: LogLine, { since, until }: TraceQuestion): boolean {
  const at = Date.parse(time);
  return at >= since && at <= until;
}
