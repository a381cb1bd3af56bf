import type { TracedSession } from './find.ts';
import type { LogLine } from './log-line.ts';

/** A session as one object; the fields are those of `mailward trace --json`. */
export interface TraceStory {
  readonly schema: 'mailward/trace/1';
  readonly session: string;
  readonly peer: string | null;
  readonly hello: string | null;
  readonly tls: string | null;
  readonly startedAt: string;
  /** Null while it lasts, or if the log does not tell. */
  readonly endedAt: string | null;
  readonly messages: readonly LogFacts[];
  /** All that is not about a message, in order. */
  readonly events: readonly LogFacts[];
  readonly cut: boolean;
}

export type LogFacts = Readonly<Record<string, unknown>> & { readonly at: string; readonly event: string };

const TAKEN = new Set(['time', 'level', 'session']);

export function storyOf({ id, lines, cut }: TracedSession): TraceStory {
  const messages = lines.filter(({ event }) => event === 'message');
  const text = (name: string) => lines.map((line) => line[name]).find((value) => typeof value === 'string') as string;
  return {
    schema: 'mailward/trace/1',
    session: id,
    peer: text('peer') ?? null,
    hello: text('hello') ?? null,
    tls: text('tls') ?? null,
    startedAt: lines[0]?.time ?? '',
    endedAt: lines.find(({ event }) => event === 'closed')?.time ?? null,
    messages: messages.map(factsOf),
    events: lines.filter(({ event }) => event !== 'message').map(factsOf),
    cut,
  };
}

function factsOf(line: LogLine): LogFacts {
  const rest = Object.entries(line).filter(([name]) => !TAKEN.has(name) && name !== 'event');
  return { at: line.time, event: line.event, ...Object.fromEntries(rest) };
}
