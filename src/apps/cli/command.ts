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

/** A commander command whose help shows examples first. `examples` are pairs of a command line and what it does. */
export function newCommand(name: string, summary: string, examples: readonly (readonly [string, string])[]): Command {
  const command = new Command(`mailward ${name}`).description(summary);
  const width = Math.max(0, ...examples.map(([line]) => line.length));
  const shown = examples.map(([line, does]) => `  ${line.padEnd(width)}  ${does}`).join('\n');
  return command.addHelpText('before', `Examples:\n${shown}\n`);
}
