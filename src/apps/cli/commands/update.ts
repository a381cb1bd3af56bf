import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { atLeast, SEVERITIES, type Severity } from '../../../finding/rule.ts';
import { embeddedHoles, type HoleKnowledge } from '../../../knowledge/load-vulnerabilities.ts';
import type { DnsServer } from '../../../net/dns-server-address.ts';
import { useHoles } from '../../../platform/holes-in-use.ts';
import { visible } from '../../../report/escape.ts';
import { listedUpTo } from '../../../report/words.ts';
import { feedFetch } from '../../compose.ts';
import { applyFeeds, type FeedBatch, shrunken } from '../../update/apply.ts';
import { type Change, changeBetween, isNothing } from '../../update/change.ts';
import { feedContext } from '../../update/context.ts';
import type { FeedContext, FeedName, FeedRows } from '../../update/feed.ts';
import { feedFiles } from '../../update/files.ts';
import { fetchFeeds, ONLINE_FEEDS, type OnlineFeed } from '../../update/online.ts';
import { layOver, type Overlay, readOverlay } from '../../update/overlay.ts';
import { replaceOverlay, undoOverlay } from '../../update/overlay-store.ts';
import { readFeed } from '../../update/read-feed.ts';
import type { Rejudged } from '../../update/rejudge.ts';
import { newCommand } from '../command.ts';
import { DATA_OPTION, dataFolder } from '../data-folder.ts';
import { CannotError, EXIT, type ExitCode, type Io, UsageError, write, writeJson } from '../io.ts';
import { addReachOptions } from '../reach-options.ts';
import { openRecordsOrFail } from '../records.ts';

interface UpdateOptions {
  readonly from?: string;
  readonly feeds?: readonly OnlineFeed[];
  readonly mirror?: string;
  readonly dryRun?: boolean;
  readonly undo?: boolean;
  readonly rejudge?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly failOn: Severity;
  readonly resolver?: readonly DnsServer[];
  readonly timeout?: number;
  readonly data?: string;
}

/** Seconds for one document, unless --timeout says otherwise. */
const TIMEOUT = 120;
/** Names of one kind that a person is shown. */
const NAMED_MOST = 8;

/** `mailward update`. */
export function build(io: Io, done: (code: ExitCode) => void): Command {
  const command = newCommand(
    'update',
    'Refreshes what mailward knows of holes, builds and support from the public feeds.',
    [
      ['mailward update', 'fetch what is new'],
      ['mailward update --rejudge --fail-on high', "and judge yesterday's scans anew, with no packet to their targets"],
      ['mailward update --from /media/feeds --dry-run', 'without a network: what would change'],
      ['mailward update --undo', 'go back to what was known before the last update'],
    ],
  );
  return addReachOptions(command)
    .option('--from <DIR|FILE>', 'read feeds that were fetched elsewhere; no network is used')
    .addOption(new Option('--feeds <NAMES>', `only these of ${ONLINE_FEEDS.join(', ')}`).argParser(feedList))
    .option('--mirror <URL>', 'fetch from an own mirror that answers under the same paths')
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--undo', 'go back to the state before the last update')
    .option('--rejudge', 'judge the newest scan of every target anew, and tell what is new')
    .addOption(
      new Option('--fail-on <SEVERITY>', 'with --rejudge: exit with 1 if something new is at or above')
        .choices(SEVERITIES.slice(1))
        .default('high'),
    )
    .option('--json', 'print one JSON object')
    .option('--quiet', 'no progress')
    .option(...DATA_OPTION)
    .action(async (options: UpdateOptions) => done(await run(options, io)));
}

function feedList(text: string): readonly OnlineFeed[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !ONLINE_FEEDS.some((feed) => feed === name));
  if (wrong !== undefined)
    throw new InvalidArgumentError(`${JSON.stringify(wrong)} is none of ${ONLINE_FEEDS.join(', ')}.`);
  return names as OnlineFeed[];
}

/** What became of one feed or file. */
interface Told {
  readonly name: string;
  readonly feed: FeedName | null;
  readonly state: 'taken' | 'unchanged' | 'refused' | 'skipped';
  readonly why: string | null;
}

async function run(options: UpdateOptions, io: Io): Promise<ExitCode> {
  const data = dataFolder(options.data, io.env);
  if (options.undo === true) return undo(data, options, io);
  const { overlay, fault } = readOverlay(data);
  if (fault !== null) io.stderr.write(`mailward: the updates so far are left out: ${fault}\n`);
  const base = embeddedHoles();
  const context = feedContext(layOver(base, overlay));
  const { batches, told } =
    options.from === undefined ? await online(options, overlay, context, io) : offline(options.from, context);
  const believed = batches.filter((batch) => {
    const why = shrunken(overlay, batch);
    if (why !== null) {
      told.splice(
        0,
        told.length,
        ...told.map((one) => (one.feed === batch.feed ? { ...one, state: 'refused' as const, why } : one)),
      );
    }
    return why === null;
  });
  const now = new Date(io.clock.now()).toISOString();
  const next = believed.length === 0 ? overlay : applyFeeds(overlay, believed, now);
  const change = changeBetween(base, overlay, next);
  // Where nothing is new there is nothing to go back from, but the next request is conditional on this one.
  if (options.dryRun !== true && next !== overlay) save(data, next, !isNothing(change));
  if (options.json !== true) await tell(told, change, options, io);
  const fresh = options.rejudge === true ? await again(data, layOver(base, next), options, io) : null;
  if (options.json === true) {
    const { newHoles, ...rest } = change;
    const holes = newHoles.map(({ product, row }) => ({ product, id: row.id, knownExploited: row.kev !== undefined }));
    const dryRun = options.dryRun === true;
    await writeJson(io, {
      schema: 'mailward/update/1',
      dryRun,
      feeds: told,
      change: { newHoles: holes, ...rest },
      rejudged: fresh?.told ?? null,
    });
  }
  if (fresh?.reached === true) return EXIT.found;
  if (told.some(({ state }) => state === 'refused') || told.every(({ state }) => state === 'skipped'))
    return EXIT.cannot;
  return EXIT.fine;
}

async function undo(data: string, options: UpdateOptions, io: Io): Promise<ExitCode> {
  if (!undoOverlay(data)) throw new UsageError('there is no update to go back from');
  const { overlay } = readOverlay(data);
  const state = overlay.updatedAt === null ? 'what comes with mailward' : `the update of ${overlay.updatedAt}`;
  if (options.json === true)
    await writeJson(io, { schema: 'mailward/update/1', undone: true, updatedAt: overlay.updatedAt });
  else await write(io.stdout, `Back at ${state}.\n`);
  return EXIT.fine;
}

function save(data: string, overlay: Overlay, keep: boolean): void {
  try {
    replaceOverlay(data, overlay, { keep });
  } catch (fault) {
    throw new CannotError(`the update cannot be kept in ${data}: ${(fault as Error).message}`, { cause: fault });
  }
}

interface Read {
  readonly batches: FeedBatch[];
  readonly told: Told[];
}

/** Reads files; what no feed is known by is skipped in a folder, and refused where it alone was named. */
function offline(path: string, context: FeedContext): Read {
  if (!existsSync(path)) throw new UsageError(`there is no ${path}; --from takes a folder of feeds, or one file`);
  const parts = new Map<FeedName, FeedRows[]>();
  const told: Told[] = [];
  for (const { name, bytes, why } of feedFiles(path)) {
    const reading = bytes === null ? ({ ok: false, feed: null, why: why ?? '' } as const) : readFeed(bytes, context);
    if (reading.ok) {
      parts.set(reading.feed, [...(parts.get(reading.feed) ?? []), reading.rows]);
      told.push({ name, feed: reading.feed, state: 'taken', why: null });
    } else {
      const skipped = reading.feed === null && reading.why === 'it is no feed that is known' && !path.endsWith(name);
      told.push({ name, feed: reading.feed, state: skipped ? 'skipped' : 'refused', why: reading.why });
    }
  }
  if (told.length === 0)
    throw new CannotError(`${path} holds no feed: a file ends in .json, .csv, .json.gz or .csv.gz`);
  return { batches: [...parts].map(([feed, rows]) => ({ feed, parts: rows, whole: rows.length === 1 })), told };
}

async function online(options: UpdateOptions, overlay: Overlay, context: FeedContext, io: Io): Promise<Read> {
  const read: Read = { batches: [], told: [] };
  const shown = io.stderr.isTTY === true && options.quiet !== true;
  const reach = { resolvers: options.resolver ?? null, clock: io.clock };
  const { fetch, close } = feedFetch(reach);
  const tools = {
    fetch,
    clock: io.clock,
    signal: io.signal,
    mirror: options.mirror ?? null,
    progress: (text: string) => (shown ? io.stderr.write(`\r\x1b[K${text}`) : true),
    timeout: (options.timeout ?? TIMEOUT) * 1000,
  };
  try {
    for await (const outcome of fetchFeeds(options.feeds ?? ONLINE_FEEDS, overlay, context, tools)) {
      const { feed } = outcome;
      if (outcome.kind === 'read') read.batches.push(outcome.batch);
      const state = outcome.kind === 'read' ? 'taken' : outcome.kind;
      read.told.push({ name: feed, feed, state, why: outcome.kind === 'refused' ? outcome.why : null });
    }
  } finally {
    close();
    if (shown) io.stderr.write('\r\x1b[K');
  }
  if (io.signal.aborted) throw new CannotError('interrupted; nothing was changed');
  return read;
}

async function tell(told: readonly Told[], change: Change, options: UpdateOptions, io: Io): Promise<void> {
  const width = Math.max(...told.map(({ name }) => name.length));
  for (const { name, state, why } of told) {
    const words =
      why === null
        ? state
        : state === 'refused'
          ? `refused: ${why}; what was known before stays`
          : `left alone: ${why}`;
    await write(
      state === 'refused' ? io.stderr : io.stdout,
      `  ${visible(name.padEnd(width), 80)}  ${visible(words, 400)}\n`,
    );
  }
  const would = options.dryRun === true ? 'Would change' : 'Changed';
  const believed = told.some(({ state }) => state === 'taken' || state === 'unchanged');
  if (isNothing(change)) return write(io.stdout, believed ? '\nNothing new.\n' : '\nNothing was changed.\n');
  await write(io.stdout, `\n${would}:\n`);
  for (const [what, names] of wordsOf(change)) await write(io.stdout, `  ${what}${names === '' ? '' : `: ${names}`}\n`);
}

function wordsOf(change: Change): [string, string][] {
  const { newHoles, newlyExploited, changedHoles, packageFixes, builds, supportDates, scores } = change;
  const lines: [number, string, string][] = [
    [
      newHoles.length,
      'new holes',
      listedUpTo(
        newHoles.map(({ product, row }) => `${row.id} (${product})`),
        NAMED_MOST,
      ),
    ],
    [
      newlyExploited.length,
      'now known to be exploited',
      listedUpTo(
        newlyExploited.map(({ product, id }) => `${id} (${product})`),
        NAMED_MOST,
      ),
    ],
    [
      changedHoles.length,
      'known holes with more detail',
      listedUpTo(
        changedHoles.map(({ id }) => id),
        NAMED_MOST,
      ),
    ],
    [packageFixes, 'package fixes', ''],
    [builds.length, 'Exchange builds', listedUpTo(builds, NAMED_MOST)],
    [supportDates, 'support dates', ''],
    [scores, 'scores of likelihood (EPSS)', ''],
  ];
  return lines.filter(([count]) => count > 0).map(([count, what, names]) => [`${count} ${what}`, names]);
}

interface Again {
  readonly told: readonly object[];
  readonly reached: boolean;
}

/** Judges the stored scans with the new knowledge and tells what is new of each. */
async function again(data: string, knowledge: HoleKnowledge, options: UpdateOptions, io: Io): Promise<Again> {
  const { rejudge } = await import('../../update/rejudge.ts');
  useHoles(() => knowledge);
  const records = openRecordsOrFail(data);
  const told: object[] = [];
  let reached = false;
  try {
    for await (const one of rejudge(records, { keep: options.dryRun !== true })) {
      if ('fault' in one) {
        io.stderr.write(`mailward: scan ${one.id} of ${one.target} is left as it was: ${one.fault}\n`);
        told.push({ scan: one.id, target: one.target, fault: one.fault });
        continue;
      }
      const { id, target, newFindings, newHoles, newlyExploited } = one;
      const proven = [...newHoles, ...newlyExploited].filter(({ status }) => status === 'affected');
      const severities = [...newFindings.map(({ rule }) => rule.severity), ...proven.map(({ severity }) => severity)];
      reached ||= severities.some((severity) => atLeast(severity, options.failOn));
      told.push({
        scan: id,
        target,
        newFindings: newFindings.map(({ rule, subject }) => ({ rule: rule.id, severity: rule.severity, subject })),
        newVulnerabilities: newHoles,
        newlyExploited: newlyExploited.map((hole) => hole.id),
      });
      if (options.json !== true) {
        for (const line of rejudgedLines(one)) await write(io.stdout, `${line}\n`);
      }
    }
  } finally {
    await records.close();
  }
  if (options.json !== true && told.length === 0)
    await write(io.stdout, '\nNo scans are kept, so none was judged anew.\n');
  return { told, reached };
}

function* rejudgedLines(one: Extract<Rejudged, { newHoles: unknown }>): Generator<string> {
  const { id, target, newFindings, newHoles, newlyExploited } = one;
  const news = newFindings.length + newHoles.length + newlyExploited.length;
  if (news === 0) return;
  yield `\n${target} (scan ${id}):`;
  for (const { rule, subject } of newFindings) yield `  new  ${rule.severity.padEnd(8)}  ${subject}: ${rule.title}`;
  for (const hole of newHoles)
    yield `  new  ${hole.severity.padEnd(8)}  ${hole.subject}: ${hole.id} ${hole.status}; ${hole.gain ?? hole.because}`;
  for (const hole of newlyExploited) yield `  now used by attackers  ${hole.subject}: ${hole.id}`;
}
