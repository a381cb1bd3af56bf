import type { DrillStage } from '../finding/drill-report.ts';
import type { Failure } from '../net/dialler.ts';
import type { Answer, SmtpConnection } from '../net/smtp-connection.ts';
import type { Line } from '../wire/smtp/line.ts';
import type { Reply } from '../wire/smtp/reply.ts';
import { piecesOf, readTranscript, TLS_NOTE, type TranscriptStep } from '../wire/smtp/transcript.ts';
import { matchesPattern } from '../wire/smtp/transcript-text.ts';
import type { Facts } from './facts.ts';
import { quoteReply } from './pulse.ts';

/** How far a transcript came on a server. */
export interface Played {
  readonly lines: readonly Line[];
  /** The server did all that the attacker hoped for. */
  readonly through: boolean;
  /** Where it ended. */
  readonly stage: DrillStage;
  /** What the server said, or did, that ended it; at the end of a transcript that went through, its last words. */
  readonly words: string;
  /** The reply behind `words`, if it was one. */
  readonly reply: Reply | null;
  /** The connection broke, as opposed to being refused in words. */
  readonly broke: Failure | null;
}

/** Bytes that are put together before they are sent. */
const MOST_PENDING = 262_144;

/** Plays the attacker's side, until the server does not do what he hopes for. The caller closes the connection. */
export async function play(
  connection: SmtpConnection,
  transcript: string,
  { host, patience }: Pick<Facts, 'host' | 'patience'>,
): Promise<Played> {
  const { steps, faults } = readTranscript(transcript);
  const [fault] = faults;
  if (fault !== undefined) throw new RangeError(`line ${fault.line} of an attack's transcript: ${fault.what}`);
  let stage: DrillStage = 'greeting';
  let greeted = false;
  let pending = '';
  let last: Reply | null = null;
  const end = (through: boolean, words: string, reply: Reply | null, broke: Failure | null = null): Played => ({
    lines: [...connection.lines],
    through,
    stage,
    words,
    reply,
    broke,
  });
  const flush = (): void => {
    if (pending === '') return;
    connection.send(Buffer.from(pending, 'latin1'));
    stage = stageOf(pending, stage);
    pending = '';
  };
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'say' || step.kind === 'bytes') {
      for (const piece of step.kind === 'say' ? [`${step.text}\r\n`] : piecesOf(step)) {
        if (pending.length + piece.length > MOST_PENDING) flush();
        pending += piece;
      }
      // Exact bytes on end are one piece, so that they travel in as few segments as they can.
      if (step.kind === 'bytes' && steps[index + 1]?.kind === 'bytes') continue;
      flush();
    } else if (step.kind === 'note' && step.text === TLS_NOTE) {
      stage = 'tls';
      const failed = await enterTls(connection, host);
      if (failed !== null) return end(false, failed.detail, null, failed);
    } else if (step.kind === 'expect' && !continues(steps, index)) {
      const answer: Answer | Failure = greeted ? await connection.reply(patience) : await connection.greeting();
      greeted = true;
      if (!answer.ok) return end(false, brokenWords(answer), null, answer);
      last = answer.reply;
      if (!matchesPattern(step.pattern, lastLine(last))) return end(false, quoteReply(last), last);
    }
  }
  return end(true, last === null ? '' : quoteReply(last), last);
}

async function enterTls(connection: SmtpConnection, host: string): Promise<Failure | null> {
  const began = await connection.startTls({ servername: host });
  if ('ok' in began) return began;
  return began.outcome.ok ? null : { ok: false, reason: 'tls-failed', detail: began.outcome.detail };
}

/** What a server did that said nothing. */
export function brokenWords({ reason, detail }: Failure): string {
  if (reason === 'closed') return 'the server hung up';
  return reason === 'silent' ? `the server said nothing (${detail})` : detail;
}

/** The last line of a reply, as it was sent. */
function lastLine({ code, lines }: Reply): string {
  const text = lines.at(-1) ?? '';
  return text === '' ? String(code) : `${code} ${text}`;
}

/** True if the step is an earlier line of the reply whose last line is the next step. */
function continues(steps: readonly TranscriptStep[], index: number): boolean {
  const [step, next] = [steps[index], steps[index + 1]];
  return step?.kind === 'expect' && next?.kind === 'expect' && /^\d{3}-/.test(step.pattern[0]);
}

const STAGES: Readonly<Record<string, DrillStage>> = {
  EHLO: 'hello',
  HELO: 'hello',
  LHLO: 'hello',
  STARTTLS: 'tls',
  AUTH: 'auth',
  MAIL: 'mail',
  RCPT: 'rcpt',
  DATA: 'data',
  BDAT: 'message',
};

/** Lines of one piece that are looked at for commands. */
const LINES_READ = 20;

/** The stage that bytes bring a session to: that of their last command, and behind DATA the message. */
function stageOf(bytes: string, before: DrillStage): DrillStage {
  if (before === 'data' || before === 'message') return 'message';
  let stage: DrillStage | null = null;
  for (const line of bytes.split('\r\n', LINES_READ)) {
    if (line === '') continue;
    if (stage === 'data') return 'message';
    const verb = /^[A-Za-z]{1,10}/.exec(line)?.[0].toUpperCase() ?? '';
    stage = STAGES[verb] ?? 'command';
  }
  return stage ?? 'command';
}
