import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Io } from '../../src/apps/cli/io.ts';
import { main } from '../../src/apps/cli/main.ts';
import { systemClock } from '../../src/net/clock.ts';

export interface CommandRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What stands in for the world of a command. */
export interface CommandWorld {
  readonly input?: string;
  readonly env?: Io['env'];
  /** Columns of a terminal that stdout and stderr are; absent: they are pipes. */
  readonly terminal?: number;
  /** True if stdout is a file all the same. */
  readonly redirected?: boolean;
  readonly signal?: AbortSignal;
  /** Told of what is written, while it is. */
  readonly onWrite?: (stream: 'stdout' | 'stderr', written: string) => void;
}

/** Notes what is written when it is written: two streams are read in no order. */
function noted(stream: PassThrough, note: (text: string) => void): PassThrough['write'] {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  return ((chunk: unknown, ...rest: unknown[]) => {
    note(String(chunk));
    return write(chunk, ...rest);
  }) as PassThrough['write'];
}

/** Runs `mailward ARGS` in this process, and rejects for what would be a fault of mailward itself. */
export async function commandLine(args: readonly string[], world: CommandWorld = {}): Promise<CommandRun> {
  const { input = '', env = {}, terminal, redirected = false, onWrite } = world;
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const shape = terminal === undefined ? {} : { isTTY: true, columns: terminal };
  for (const [name, stream] of Object.entries({ stdout, stderr }) as ['stdout' | 'stderr', PassThrough][]) {
    if (name === 'stderr' || !redirected) Object.assign(stream, shape);
    if (onWrite !== undefined) stream.write = noted(stream, (text) => onWrite(name, text));
  }
  stdin.end(input);
  const signal = world.signal ?? new AbortController().signal;
  const [out, err] = [text(stdout), text(stderr)];
  try {
    const code = await main(args, { stdin, stdout, stderr, env, clock: systemClock, signal });
    return { code, ...(await ended()) };
  } finally {
    stdout.end();
    stderr.end();
  }

  async function ended(): Promise<{ readonly out: string; readonly err: string }> {
    stdout.end();
    stderr.end();
    return { out: await out, err: await err };
  }
}
