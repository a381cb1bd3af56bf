import { systemClock } from '../../net/clock.ts';
import { useUpdates } from '../update/use-updates.ts';
import { commandEntries, findEntry, nearestCommand } from './commands/index.ts';
import { dataFolder } from './data-folder.ts';
import { topHelp } from './help.ts';
import { CannotError, EXIT, type ExitCode, type Io, UsageError, write } from './io.ts';

/** Runs the command line and returns its exit code. Loads only the command that was named. */
export async function main(args: readonly string[], io: Io): Promise<ExitCode> {
  const [word, ...rest] = args;
  if (word === undefined || word === '--help' || word === '-h' || (word === 'help' && rest.length === 0)) {
    await write(word === undefined ? io.stderr : io.stdout, topHelp(commandEntries));
    return word === undefined ? EXIT.usage : EXIT.fine;
  }
  if (word === 'help') return main([rest[0] as string, '--help'], io);
  if (word === '--version' || word === '-V') return main(['version'], io);
  const entry = findEntry(word);
  if (entry === undefined) {
    const nearest = nearestCommand(word);
    const hint = nearest === undefined ? 'mailward --help lists the commands' : `did you mean "${nearest}"?`;
    await write(io.stderr, `mailward: there is no command ${JSON.stringify(word)}; ${hint}\n`);
    return EXIT.usage;
  }
  const module = await entry.load();
  let code: ExitCode = EXIT.fine;
  const finish = (done: ExitCode) => {
    code = done;
  };
  const command = module.build(io, finish, commandEntries);
  command
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => io.stdout.columns ?? 80,
    })
    .showSuggestionAfterError(true)
    // Here and not in each command, so that none can judge by less than is known.
    .hook('preAction', (called) =>
      useUpdates(dataFolder(called.opts<{ readonly data?: string }>().data, io.env), (note) =>
        io.stderr.write(`mailward: ${note}\n`),
      ),
    );
  try {
    await command.parseAsync(rest, { from: 'user' });
    return code;
  } catch (fault) {
    return explain(fault, entry.name, io);
  }
}

/** What commander throws for a call it cannot parse, or after it has printed the help. */
interface ParseFault {
  readonly code: string;
  readonly exitCode: number;
  readonly message: string;
}

async function explain(fault: unknown, name: string, io: Io): Promise<ExitCode> {
  if (isParseFault(fault)) {
    if (fault.exitCode === 0) return EXIT.fine;
    const message = fault.message
      .replace(/^error: /, '')
      .replace(/ is invalid(?: for .+)?\. (?=\w)/, ' is wrong; it takes ');
    const [first = '', second] = message.replace('it takes Allowed choices are ', 'it takes ').split('\n');
    const hint = second === undefined ? '' : ` ${second}`;
    await write(
      io.stderr,
      `mailward ${name}: ${first.replace(/\.$/, '')}${hint}; mailward ${name} --help shows how it is called\n`,
    );
    return EXIT.usage;
  }
  if (fault instanceof UsageError || fault instanceof CannotError) {
    await write(io.stderr, `mailward ${name}: ${fault.message}\n`);
    return fault instanceof UsageError ? EXIT.usage : EXIT.cannot;
  }
  if (io.signal.aborted) return EXIT.cannot;
  throw fault;
}

function isParseFault(fault: unknown): fault is ParseFault {
  return (
    fault instanceof Error && 'exitCode' in fault && 'code' in fault && String(fault.code).startsWith('commander.')
  );
}

/** The real streams, with Ctrl-C as a signal and a reader that went away as a quiet end. */
function processIo(): Io {
  const stop = new AbortController();
  process.once('SIGINT', () => {
    stop.abort(new CannotError('interrupted'));
    process.once('SIGINT', () => process.exit(130));
  });
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (fault: NodeJS.ErrnoException) => {
      if (fault.code === 'EPIPE') process.exit(EXIT.fine);
      throw fault;
    });
  }
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    clock: systemClock,
    signal: stop.signal,
  };
}

if (import.meta.main) await start();

/** Runs with the process's own arguments and streams. */
export async function start(): Promise<void> {
  const io = processIo();
  try {
    process.exitCode = await main(process.argv.slice(2), io);
  } catch (fault) {
    if (io.env['MAILWARD_DEBUG'] !== undefined) throw fault;
    const what = fault instanceof Error ? fault.message : String(fault);
    process.stderr.write(`mailward: this is a fault of mailward itself: ${what} (MAILWARD_DEBUG=1 shows where)\n`);
    process.exitCode = EXIT.cannot;
  }
}
