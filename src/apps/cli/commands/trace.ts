import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { paintBox } from '../../../report/paint.ts';
import { loadConfig } from '../../edge/config/load-config.ts';
import { findSessions } from '../../trace/find.ts';
import { logFiles } from '../../trace/log-files.ts';
import { storyOf } from '../../trace/story.ts';
import { storyText } from '../../trace/text.ts';
import { readTime } from '../../trace/time.ts';
import { newCommand } from '../command.ts';
import { dataFolder } from '../data-folder.ts';
import { CannotError, EXIT, type ExitCode, type Io, UsageError, write, writeJson } from '../io.ts';
import { styleOf } from '../style.ts';

interface TraceOptions {
  readonly since?: string;
  readonly until?: string;
  readonly limit: number;
  readonly log?: string;
  readonly config?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** `mailward trace`. */
export function build(io: Io, done: (code: ExitCode) => void) {
  return newCommand('trace', "Finds what became of a message in the edge's log, and of whoever brought it.", [
    ['mailward trace bob@example.com --since 2h', 'all that was sent to or by bob'],
    ["mailward trace '<4f2a@mx.sender.example>'", 'a message, by its Message-ID'],
    ['mailward trace 4Zq1Xy2z', "a message, by the upstream's queue id, or by ours out of Received"],
    ['mailward trace @sender.example bob@example.com', 'both: sessions in which each of them occurs'],
    ['mailward trace 203.0.113.7 --json', 'everything a peer did, one JSON object a session'],
  ])
    .argument('<what...>', 'an address, @domain, Message-ID, queue id, session, or the address or name of a peer')
    .option('--since <TIME>', 'from then on: 30m, 2h, 3d, or 2026-01-31T12:00Z')
    .option('--until <TIME>', 'until then')
    .option('--limit <N>', 'sessions at most; the newest are shown', whole, 100)
    .option('--json', 'print one JSON object a session')
    .option('--log <FILE>', "the log; what rotation left beside it is searched too (else the configuration's)")
    .option('--config <FILE>', 'the configuration that names the log')
    .option('--data <DIR>', 'the folder whose log/edge.ndjson is searched')
    .action(async (terms: string[], options: TraceOptions) => done(await run(terms, options, io)));
}

async function run(terms: readonly string[], options: TraceOptions, io: Io): Promise<ExitCode> {
  if (terms.some((term) => term.trim() === '')) throw new UsageError('what to look for must not be empty');
  const now = io.clock.now();
  const since = options.since === undefined ? 0 : timeOrFail('--since', options.since, now);
  const until = options.until === undefined ? now : timeOrFail('--until', options.until, now);
  const files = filesOrFail(logOf(options, io));
  const found = await findSessions(files, { terms, since, until, limit: options.limit });
  if (found.length === 0) await write(io.stderr, `nothing in ${files.at(-1)} is about ${terms.join(' and ')}\n`);
  const paint = paintBox(styleOf(io).colour);
  for (const [index, session] of found.entries()) {
    const story = storyOf(session);
    if (options.json === true) await writeJson(io, story);
    else await write(io.stdout, `${index === 0 ? '' : '\n'}${storyText(story, paint, io.stdout.columns)}`);
  }
  return EXIT.fine;
}

function logOf(options: TraceOptions, io: Io): string {
  if (options.log !== undefined) return options.log;
  const config = options.config === undefined ? undefined : loadConfig(options.config);
  if (typeof config === 'string') throw new UsageError(config);
  return config?.log.file ?? join(dataFolder(options.data ?? config?.data, io.env), 'log', 'edge.ndjson');
}

function filesOrFail(log: string): string[] {
  try {
    return logFiles(log);
  } catch (fault) {
    throw new CannotError(`there is no log to search: ${log}; name it with --log, --config or --data`, {
      cause: fault,
    });
  }
}

function timeOrFail(option: string, text: string, now: number): number {
  const at = readTime(text, now);
  if (at === null) throw new UsageError(`${option} wants a time such as 30m, 2h, 3d or 2026-01-31T12:00Z`);
  return at;
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('a whole number above 0');
  return Number(text);
}
