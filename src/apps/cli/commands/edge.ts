import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Argument } from 'commander';
import type { EdgeConfig } from '../../edge/config/config-schema.ts';
import { judgeFiles, loadConfig } from '../../edge/config/load-config.ts';
import { runDaemon } from '../../edge/daemon.ts';
import { newCommand } from '../command.ts';
import { dataFolder } from '../data-folder.ts';
import { EDGE_ACTIONS, type EdgeAction, operate } from '../edge-actions.ts';
import { lookAfterQuarantine } from '../edge-quarantine.ts';
import { CannotError, EXIT, type ExitCode, type Io, UsageError, write, writeJson } from '../io.ts';

interface EdgeCommandOptions {
  readonly config?: string;
  readonly check?: boolean;
  readonly example?: boolean;
  readonly data?: string;
  readonly json?: boolean;
}

/** Processes where the configuration names no number: one a core, up to this many. */
const WORKERS_MOST = 8;

/** `mailward edge`. */
export function build(io: Io, done: (code: ExitCode) => void) {
  return newCommand('edge', 'Runs a gateway in front of a mail server, in the foreground, or asks the one that runs.', [
    ['mailward edge --example > edge.yaml', 'a configuration to start from'],
    ['mailward edge --config edge.yaml --check', 'is it right?'],
    ['mailward edge --config edge.yaml', 'run; SIGHUP reloads it'],
    ['mailward edge status --config edge.yaml', 'how is it?'],
    ['mailward edge sessions --config edge.yaml', 'who is connected?'],
    ['mailward edge pause --config edge.yaml', 'answer 421; resume ends it'],
    ['mailward edge drain --config edge.yaml', 'let sessions end, then stop'],
    ['mailward edge quarantine --config edge.yaml', 'kept back: show, release ID'],
  ])
    .addArgument(
      new Argument('[action]', 'what the running gateway is asked; without it, a gateway is run').choices([
        ...EDGE_ACTIONS,
        'quarantine',
      ]),
    )
    .argument('[what...]', 'of quarantine: list, show ID, release ID… or delete ID…')
    .option('--config <FILE>', 'the configuration')
    .option('--check', 'read the configuration and the files it names, and say what is wrong')
    .option('--example', 'print a configuration with every setting explained')
    .option('--data <DIR>', 'where state is kept, and where a running gateway is found')
    .option('--json', 'of an action: print JSON, of sessions and messages one object a line')
    .action(async (action: EdgeAction | 'quarantine' | undefined, what: string[], options: EdgeCommandOptions) =>
      done(await run(action, what, options, io)),
    );
}

async function run(
  action: EdgeAction | 'quarantine' | undefined,
  what: readonly string[],
  options: EdgeCommandOptions,
  io: Io,
): Promise<ExitCode> {
  if (options.example === true) {
    await write(io.stdout, readFileSync(new URL('../../edge/config/example.yaml', import.meta.url), 'utf8'));
    return EXIT.fine;
  }
  const file = options.config;
  if (action !== undefined) {
    const config = file === undefined ? undefined : configOrFail(file);
    const data = dataFolder(options.data ?? config?.data, io.env);
    const json = options.json === true;
    if (action === 'quarantine') return lookAfterQuarantine({ words: what, config: config ?? null, data, json }, io);
    if (what.length > 0) throw new UsageError(`${action} takes nothing more, such as ${what[0]}`);
    return operate(action, data, json, io);
  }
  if (file === undefined) throw new UsageError('needs --config FILE; --example prints one to start from');
  const config = configOrFail(file);
  if (options.check === true) {
    const { faults, advice } = judgeFiles(config, file, io.clock.now());
    if (faults.length > 0) throw new UsageError(faults.join('\n'));
    await write(io.stderr, `${[...advice, `${file} is right`].join('\n')}\n`);
    return EXIT.fine;
  }
  return serve(file, config, dataFolder(options.data ?? config.data, io.env), io);
}

async function serve(file: string, config: EdgeConfig, data: string, io: Io): Promise<ExitCode> {
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
      ready: (listening, metrics) =>
        void writeJson(io, { schema: 'mailward/edge-ready/1', listening, workers, ...(metrics && { metrics }) }),
      say,
    });
    return EXIT.fine;
  } catch (fault) {
    if (!(fault instanceof Error) || !('code' in fault)) throw fault;
    throw new CannotError(fault.message, { cause: fault });
  }
}

function configOrFail(file: string): EdgeConfig {
  const config = loadConfig(file);
  if (typeof config === 'string') throw new UsageError(config);
  return config;
}
