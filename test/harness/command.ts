import { execFile } from 'node:child_process';

/** A program could not be started, failed, or took too long. `message` quotes what it said last. */
export class CommandError extends Error {}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string | Uint8Array;
  /** Default: one minute. */
  readonly timeoutMs?: number;
}

/** The standard output of a program that ends by itself with status 0. */
export function run(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { input, timeoutMs = 60_000, ...rest } = options;
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { ...rest, encoding: 'utf8', timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 256 * 1024 * 1024 },
      (cause, stdout, stderr) => {
        if (cause === null) return resolve(stdout);
        const said = (stderr.trim() || stdout.trim()).split('\n').slice(-3).join(' / ');
        reject(new CommandError(`${program}: ${said || cause.message}`, { cause }));
      },
    );
    child.stdin?.on('error', () => {}); // a program that reads nothing closes its end: its status says the rest
    child.stdin?.end(input);
  });
}
