import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { runDaemon } from '../../edge/daemon.ts';
import { loadConfig } from '../../edge/load-config.ts';
import { newCommand } from '../command.ts';
import { dataFolder } from '../data-folder.ts';
import { CannotError, EXIT, type ExitCode, type Io, UsageError, write, writeJson } from '../io.ts';

interface EdgeCommandOptions {
  readonly config?: string;
  readonly check?: boolean;
  readonly example?: boolean;
  readonly data?: string;
}

/** Processes where the configuration names no number: one a core, up to this many. */
const WORKERS_MOST = 8;

/** `mailward edge`. */
export function build(io: Io, done: (code: ExitCode) => void) {
  return newCommand('edge', 'Runs a gateway in front of a mail server, in the foreground.', [
    ['mailward edge --example > edge.yaml', 'a configuration to start from'],
    ['mailward edge --config edge.yaml --check', 'is it right?'],
    ['mailward edge --config edge.yaml', 'run; SIGTERM drains, SIGHUP reloads'],
  ])
    .option('--config <FILE>', 'the configuration')
    .option('--check', 'read the configuration and the files it names, and say what is wrong')
    .option('--example', 'print a configuration with every setting explained')
    .option('--data <DIR>', 'where state is kept')
    .action(async (options: EdgeCommandOptions) => done(await run(options, io)));
}

async function run(options: EdgeCommandOptions, io: Io): Promise<ExitCode> {
  if (options.example === true) {
    await write(io.stdout, readFileSync(new URL('../../edge/example.yaml', import.meta.url), 'utf8'));
    return EXIT.fine;
  }
  const file = options.config;
  if (file === undefined) throw new UsageError('needs --config FILE; --example prints one to start from');
  const config = loadConfig(file);
  if (typeof config === 'string') throw new UsageError(config);
  if (options.check === true) {
    await write(io.stderr, `${file} is right\n`);
    return EXIT.fine;
  }
  const data = dataFolder(options.data ?? config.data, io.env);
  const workers = config.workers ?? Math.min(WORKERS_MOST, availableParallelism());
  const say = (sentence: string) => io.stderr.write(`mailward edge: ${sentence}\n`);
  try {
    await runDaemon({
      config,
      again: () => loadConfig(file),
      data,
      clock: io.clock,
      signal: io.signal,
      workers,
      ready: (listening) => void writeJson(io, { schema: 'mailward/edge-ready/1', listening, workers }),
      say,
    });
    return EXIT.fine;
  } catch (fault) {
    if (!(fault instanceof Error) || !('code' in fault)) throw fault;
    throw new CannotError(fault.message, { cause: fault });
  }
}
