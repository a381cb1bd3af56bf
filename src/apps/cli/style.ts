import type { Io } from './io.ts';

/** How to write on the terminal of this call. */
export interface Style {
  /** Columns of the terminal; 80 where there is none. */
  readonly width: number;
  readonly colour: boolean;
  /** True if a progress display may be drawn on stderr. */
  readonly progress: boolean;
}

/**
 * What stdout and stderr can show and their owner wants: no colour with `NO_COLOR` (https://no-color.org), on a dumb
 * terminal or into a file; no progress with `--quiet` or where nobody watches.
 */
export function styleOf(io: Pick<Io, 'stdout' | 'stderr' | 'env'>, { quiet = false } = {}): Style {
  const { stdout, stderr, env } = io;
  const dumb = env['TERM'] === 'dumb';
  return {
    width: stdout.columns ?? 80,
    colour: stdout.isTTY === true && !env['NO_COLOR'] && !dumb,
    progress: stderr.isTTY === true && !quiet && !dumb,
  };
}
