import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export interface ProgramRun {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** The program from its sources. */
export const MAIN = join(import.meta.dirname, '..', '..', 'src', 'apps', 'cli', 'main.ts');

/** Runs `mailward ARGS` from its sources, with nothing on standard input but `input`, and waits for its end. */
export async function mailward(args: readonly string[], input = '', timeoutMs = 60_000): Promise<ProgramRun> {
  const child = spawn(process.execPath, [MAIN, ...args], { timeout: timeoutMs, killSignal: 'SIGKILL' });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [out, err, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status, out, err };
}
