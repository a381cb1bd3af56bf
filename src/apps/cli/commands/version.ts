import { newCommand } from '../command.ts';
import { DATA_OPTION } from '../data-folder.ts';
import { EXIT, type ExitCode, type Io, write, writeJson } from '../io.ts';
import { packageVersion } from '../package-version.ts';

/** `mailward version`. */
export function build(io: Io, done: (code: ExitCode) => void) {
  return newCommand('version', 'Prints the version of mailward and of the Node it runs on.', [
    ['mailward version', 'for a person'],
    ['mailward version --json', 'for a program'],
  ])
    .option('--json', 'print one JSON object')
    .option(...DATA_OPTION)
    .action(async (options: { json?: boolean }) => {
      const version = packageVersion();
      const node = process.versions.node;
      if (options.json) await writeJson(io, { schema: 'mailward/version/1', version, node });
      else await write(io.stdout, `mailward ${version} (Node ${node})\n`);
      done(EXIT.fine);
    });
}
