import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { filters } from '../../edge/filters/index.ts';
import type { QuarantineNote } from '../../edge/quarantine.ts';
import { scrubs } from '../../edge/scrubs/index.ts';
import { paintBox } from '../../report/paint.ts';
import { type KeptMessage, type KeptMessages, keptMessages } from '../../store/kept-messages.ts';
import type { EdgeConfig } from '../edge/config/config-schema.ts';
import { harmless } from '../edge/log.ts';
import { headerFields, subjectOf } from '../quarantine/header.ts';
import { readNote } from '../quarantine/note.ts';
import { listText, pageText, type QuarantinedView, releaseText } from '../quarantine/text.ts';
import { openWayOn, type WayOn } from '../quarantine/way-on.ts';
import { CannotError, EXIT, type ExitCode, type Io, UsageError, write, writeJson } from './io.ts';
import { styleOf } from './style.ts';

/** What can be done with messages in quarantine. */
const DEEDS = ['list', 'show', 'release', 'delete'] as const;

export interface QuarantineCall {
  /** What stood behind `quarantine`: a deed and ids. */
  readonly words: readonly string[];
  /** Null if no configuration was named. */
  readonly config: EdgeConfig | null;
  readonly data: string;
  readonly json: boolean;
}

/**
 * Looks after the messages in quarantine. It works on the folder itself, so that it does the same whether or not the gateway runs, and a
 * message goes on by connections of its own.
 */
export async function lookAfterQuarantine(call: QuarantineCall, io: Io): Promise<ExitCode> {
  const [word = 'list', ...ids] = call.words;
  const deed = DEEDS.find((one) => one === word);
  if (deed === undefined) throw new UsageError(`quarantine knows ${DEEDS.join(', ')}, and no ${word}`);
  if (deed === 'list' && ids.length > 0)
    throw new UsageError('quarantine list takes no ids; quarantine show ID shows one message');
  if (deed !== 'list' && (ids.length === 0 || (deed === 'show' && ids.length > 1)))
    throw new UsageError(`quarantine ${deed} wants the id of ${deed === 'show' ? 'one message' : 'each message'}`);
  const folder = keptMessages(join(call.data, 'quarantine'));
  const way = deed === 'release' ? wayOn(call, io) : null;
  try {
    if (deed === 'list') return await list(folder, call, io);
    if (deed === 'show') return await show(folder, ids[0] as string, call, io);
    return await each(way, folder, ids, call, io);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'EACCES') throw fault;
    throw new CannotError(`the quarantine in ${call.data} belongs to another user: ask as root, or as that user`, {
      cause: fault,
    });
  } finally {
    way?.close();
  }
}

async function list(folder: KeptMessages, { json }: QuarantineCall, io: Io): Promise<ExitCode> {
  const views: QuarantinedView[] = [];
  for await (const kept of folder.list()) {
    const view = viewOf(kept);
    if (view === null) await write(io.stderr, `${kept.id} has a note that cannot be read\n`);
    else views.push(view);
  }
  views.sort((a, b) => (a.note.at < b.note.at ? -1 : 1));
  if (json) for (const view of views) await writeJson(io, jsonOf(view));
  else await write(io.stdout, listText(views, styleOf(io).width, paintBox(styleOf(io).colour)));
  return EXIT.fine;
}

async function show(folder: KeptMessages, id: string, { json }: QuarantineCall, io: Io): Promise<ExitCode> {
  const { view, head } = await found(folder, id);
  const fields = headerFields(head.subarray(view.note.traceSize));
  if (json) await writeJson(io, { ...jsonOf(view), header: fields });
  else {
    const { colour, width } = styleOf(io);
    await write(io.stdout, pageText(view, fields, { titles: titles(), paint: paintBox(colour), width }));
  }
  return EXIT.fine;
}

/** Releases (or, without a way on, deletes) one after the other; what cannot be done with one keeps nothing from being done with the next. */
async function each(
  way: WayOn | null,
  folder: KeptMessages,
  ids: readonly string[],
  call: QuarantineCall,
  io: Io,
): Promise<ExitCode> {
  let code: ExitCode = EXIT.fine;
  for (const id of new Set(ids)) {
    // The message in hand is brought to its end, or nobody would know whether it went.
    if (io.signal.aborted) return EXIT.cannot;
    const done = await claimed(folder, id, () =>
      way === null ? remove(folder, id, call, io) : releaseOne(folder, id, way, call, io),
    ).catch(async (fault: Error) => {
      if (!(fault instanceof CannotError)) throw fault;
      await write(io.stderr, `mailward edge: ${fault.message}\n`);
      return false;
    });
    if (!done) code = EXIT.cannot;
  }
  return code;
}

async function claimed(folder: KeptMessages, id: string, deed: () => Promise<boolean>): Promise<boolean> {
  await found(folder, id);
  const giveBack = await folder.claim(id);
  if (giveBack === null) throw new CannotError(`${id} is in another's hands at this moment`);
  return deed().finally(giveBack);
}

async function remove(folder: KeptMessages, id: string, call: QuarantineCall, io: Io): Promise<boolean> {
  const { view } = await found(folder, id);
  await folder.remove(id);
  noteInLog(call, io, 'deleted', view.note, {});
  if (call.json) await writeJson(io, { schema: 'mailward/quarantine-deletion/1', id });
  else await write(io.stdout, `deleted ${id}\n`);
  return true;
}

async function releaseOne(
  folder: KeptMessages,
  id: string,
  way: WayOn,
  call: QuarantineCall,
  io: Io,
): Promise<boolean> {
  const { view } = await found(folder, id);
  let note: QuarantineNote | null = view.note;
  const told = await way.release(view.note, await folder.message(id), async (addresses) => {
    note = withoutRecipients(note, addresses);
    if (note === null) await folder.remove(id);
    else await folder.change(id, note);
  });
  noteInLog(call, io, 'released', view.note, {
    taken: told.filter(({ taken }) => taken).map(({ address }) => address),
    upstream: told.map(({ code, text }) => `${code ?? ''} ${text}`.trim()).join('; '),
  });
  if (call.json) await writeJson(io, { schema: 'mailward/quarantine-release/1', id, recipients: told });
  else await write(io.stdout, releaseText(id, told, paintBox(styleOf(io).colour)));
  return note === null;
}

/** The note without those that have a copy; null if nobody is left. */
function withoutRecipients(note: QuarantineNote | null, addresses: readonly string[]): QuarantineNote | null {
  const left = (note?.recipients ?? [])
    .map((_, at) => at)
    .filter((at) => !addresses.includes(note?.recipients[at] ?? ''));
  if (note === null || left.length === 0) return null;
  return {
    ...note,
    recipients: left.map((at) => note.recipients[at] as string),
    deliveries: left.map((at) => note.deliveries[at] as QuarantineNote['deliveries'][number]),
  };
}

function wayOn({ config, data }: QuarantineCall, io: Io): WayOn {
  if (config === null) throw new UsageError('quarantine release wants --config FILE, which names the upstream');
  try {
    return openWayOn(config, data, io.clock);
  } catch (fault) {
    // A file that the configuration names.
    throw new CannotError(fault instanceof Error ? fault.message : String(fault), { cause: fault });
  }
}

async function found(
  folder: KeptMessages,
  id: string,
): Promise<{ readonly view: QuarantinedView; readonly head: Buffer }> {
  const kept = await folder.find(id);
  if (kept === null) throw new CannotError(`no message ${JSON.stringify(id)} is in quarantine`);
  const view = viewOf(kept);
  if (view === null) throw new CannotError(`${id} has a note that cannot be read`);
  return { view, head: kept.head };
}

function viewOf({ id, note: given, head, size }: KeptMessage): QuarantinedView | null {
  const note = readNote(given);
  if (note === null || note.id !== id) return null;
  return { note, subject: subjectOf(head.subarray(note.traceSize)), size: Math.max(0, size - note.traceSize) };
}

function jsonOf({ note, subject, size }: QuarantinedView): object {
  return { ...note, subject, size };
}

/** What each rule of the gateway says, by id. */
function titles(): ReadonlyMap<string, string> {
  return new Map([...filters, ...scrubs].flatMap(({ rules }) => rules.map(({ id, title }) => [id, title] as const)));
}

/**
 * Adds a line to the gateway's log, so that `trace` tells the end of the story. A log that is not there is not begun: it would belong to
 * whoever calls, and the gateway could not write to it.
 */
function noteInLog(
  { config, data }: QuarantineCall,
  io: Io,
  event: string,
  { session, id, sender, recipients }: QuarantineNote,
  facts: Readonly<Record<string, unknown>>,
): void {
  const log = config?.log.file ?? join(data, 'log', 'edge.ndjson');
  const line = {
    level: 30,
    time: new Date(io.clock.now()).toISOString(),
    session,
    id,
    sender,
    recipients,
    ...facts,
    event,
  };
  try {
    // No link either, which whose folder it is may have put there.
    const file = openSync(log, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW);
    try {
      writeSync(file, harmless(`${JSON.stringify(line)}\n`));
    } finally {
      closeSync(file);
    }
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'ENOENT')
      io.stderr.write(`the log was not written: ${(fault as Error).message}\n`);
  }
}
