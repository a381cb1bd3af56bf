import { Command } from 'commander';
import type { ExitCode, Io } from './io.ts';

/** A module of `commands/`: builds its commander command. The action ends by `done(code)` or throws `UsageError` or `CannotError`. */
export interface CommandModule {
  /** `all` are the commands of the program, for the one that tells of the others. */
  build(io: Io, done: (code: ExitCode) => void, all: readonly CommandEntry[]): Command;
}

/** A command as `--help` lists it. `load` brings its module, so that a command costs only what it uses. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

/** Columns of the widest example that has its words beside it; those of a longer one stand below. */
const BESIDE_MOST = 72;

/** A commander command whose help shows examples first. `examples` are pairs of a command line and what it does. */
export function newCommand(name: string, summary: string, examples: readonly (readonly [string, string])[]): Command {
  const command = new Command(`mailward ${name}`).description(summary);
  const width = Math.max(0, ...examples.map(([line]) => line.length).filter((length) => length <= BESIDE_MOST));
  const shown = examples
    .map(([line, does]) =>
      line.length > width ? `  ${line}\n  ${' '.repeat(width)}  ${does}` : `  ${line.padEnd(width)}  ${does}`,
    )
    .join('\n');
  return command.addHelpText('before', `Examples:\n${shown}\n`);
}
