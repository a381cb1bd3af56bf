import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../net/clock.ts';

/** The rim of the command line: everything a command reads from or writes to, so that tests can stand in for it. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Aborted by the first Ctrl-C; a command then ends soon and cleanly. */
  readonly signal: AbortSignal;
}

/** Exit codes of the contract. */
export const EXIT = { fine: 0, found: 1, usage: 2, cannot: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The call or a configuration is wrong: exit code 2. The message is one line that says what would be right. */
export class UsageError extends Error {}

/** It could not be done (unreachable, no resolver …): exit code 3. */
export class CannotError extends Error {}

/** Writes and waits while the reader is slow, so that memory does not grow with the output. */
export async function write(stream: Writable, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain');
}

/** Writes one JSON object as one line. */
export function writeJson(io: Io, value: object): Promise<void> {
  return write(io.stdout, `${JSON.stringify(value)}\n`);
}
