import { IN_MILLISECONDS } from '../../edge/pressure.ts';
import { clipped } from '../../report/columns.ts';
import { visible } from '../../report/escape.ts';
import type { Paint } from '../../report/paint.ts';
import type { EdgeStatus, GatewayStatus, SessionView } from './status.ts';

const STATES: Readonly<Record<EdgeStatus['state'], string>> = {
  serving: 'takes mail',
  paused: 'paused: who comes is asked to come again; mailward edge resume ends it',
  draining: 'ends when the sessions there have ended',
};
const LEVELS: Readonly<Record<EdgeStatus['level'], string>> = {
  normal: 'normal',
  high: 'high: strangers are asked to come again',
  full: 'full: everybody but exempt peers is asked to come again',
};
/** How the gateway is, for a person. */
export function statusText(status: EdgeStatus, now: number, paint: Paint): string {
  const { messages, upstream, level, state } = status;
  const good = (is: boolean, text: string) => (is ? paint.good(text) : paint.bad(text));
  const rows: (readonly [string, string])[] = [
    ['gateway', good(state === 'serving', STATES[state])],
    ['load', good(level === 'normal', LEVELS[level])],
    [
      'upstream',
      `${good(upstream.available, upstream.available ? 'answers' : 'does not answer')}, ${upstreamText(upstream)}`,
    ],
    ['sessions', String(status.sessions)],
    ['messages', `${messages.accepted} accepted, ${messages.putOff} put off, ${messages.refused} refused`],
  ];
  const lost = status.workers.reduce((sum, { linesLost }) => sum + linesLost, 0);
  if (lost > 0) rows.push(['log', paint.bad(`${lost} lines lost: its disk or pipe does not take them`)]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, text]) => `${paint.quiet(name.padEnd(width))}  ${text}`);
  return `${[...lines, '', ...status.workers.flatMap((worker) => workerLines(worker, now, paint))].join('\n')}\n`;
}

function upstreamText({ pending, median }: EdgeStatus['upstream']): string {
  return `${pending} ${pending === 1 ? 'message waits' : 'messages wait'} for it${median === 0 ? '' : `, it takes ${median} ms`}`;
}

function workerLines(worker: GatewayStatus, now: number, paint: Paint): string[] {
  const signals = Object.entries(worker.signals).map(([name, value]) => `${name} ${shown(name, value)}`);
  return [
    `process ${worker.pid}, up ${age(now - Date.parse(worker.startedAt))}, ${worker.sessions} sessions, ${Math.round(worker.memory / 1_048_576)} MB, load ${worker.level}`,
    `  ${paint.quiet(signals.join(', '))}`,
  ];
}

function shown(name: string, value: number | null): string {
  if (value === null) return '?';
  if (!(IN_MILLISECONDS as ReadonlySet<string>).has(name)) return `${Math.round(value * 100)}%`;
  return value < 10_000 ? `${Math.round(value)} ms` : `${Math.round(value / 1_000)} s`;
}

/** Who is connected, oldest first: a line each, and one more for what he said so far. */
export function sessionsText(sessions: readonly SessionView[], now: number, paint: Paint, width: number): string {
  if (sessions.length === 0) return 'nobody is connected\n';
  const rows = sessions.map(({ peer, since, stage, tls, messages }) => [
    peer,
    age(now - Date.parse(since)),
    stage,
    tls ?? 'clear',
    `${messages} sent`,
  ]);
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  const lines = rows.flatMap((row, at) => {
    const session = sessions[at] as SessionView;
    const said = saidText(session);
    return [
      `${row.map((cell, column) => cell.padEnd(widths[column] as number)).join('  ')}  ${paint.quiet(session.id)}`,
      ...(said === '' ? [] : [`  ${clipped(said, width - 2)}`]),
    ];
  });
  return `${lines.join('\n')}\n`;
}

function saidText({ hello, sender, recipients }: SessionView): string {
  if (hello === null) return '';
  return `as ${visible(hello)}${sender === null ? '' : ` from ${visible(sender || '<>')} to ${recipients}`}`;
}

function age(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} d`;
}
