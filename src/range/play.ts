import type { Reply } from '../wire/smtp/reply.ts';
import { createReplyReader } from '../wire/smtp/reply-reader.ts';
import { piecesOf, TLS_NOTE, type TranscriptStep } from '../wire/smtp/transcript.ts';
import { matchesPattern, writePattern } from '../wire/smtp/transcript-text.ts';

/** The server's side of a dialogue, as the one who plays the client meets it. An `SmtpConnection` of `net` is one as it stands. */
export interface Party {
  send(bytes: Uint8Array): void;
  /** The next whole reply, the greeting first. The reason `closed` says that the server hung up; any other, that nothing came in time. */
  reply(): Promise<
    | { readonly ok: true; readonly reply: Reply }
    | { readonly ok: false; readonly reason: string; readonly detail: string }
  >;
  /** Begins TLS, where the transcript's note says that it begins. Without it such a transcript is played in clear. */
  secure?(): Promise<void>;
}

/** How playing a transcript ended. */
export type Played =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** The first step at which the server did something else. */
      readonly step: TranscriptStep;
      /** What the transcript wants there, as it is written. */
      readonly wanted: string;
      /** What came instead: lines with their codes, or words that say what did not come. */
      readonly got: readonly string[];
    };

/**
 * Plays the client's side of a transcript, and holds what the server says against it. Ends at the first step that differs. Never
 * throws for what the server does; how long a reply may take is the party's own affair.
 */
export async function play(steps: readonly TranscriptStep[], party: Party): Promise<Played> {
  for (const [index, step] of steps.entries()) {
    switch (step.kind) {
      case 'say':
        party.send(Buffer.from(`${step.text}\r\n`, 'latin1'));
        break;
      case 'bytes':
        for (const piece of piecesOf(step)) party.send(Buffer.from(piece, 'latin1'));
        break;
      case 'note':
        if (step.text === TLS_NOTE) await party.secure?.();
        break;
      case 'end': {
        const answer = await party.reply();
        if (answer.ok) return differs(step, 'the end of the session', linesOf(answer.reply));
        if (answer.reason !== 'closed') return differs(step, 'the end of the session', [answer.detail]);
        break;
      }
      case 'expect': {
        // Lines in front of a reply's last belong to its step, and were compared with it.
        if (isContinuation(step)) break;
        const difference = await compare(step, continuationsBefore(steps, index), party);
        if (difference !== null) return difference;
      }
    }
  }
  return { ok: true };
}

type Expect = Extract<TranscriptStep, { kind: 'expect' }>;

async function compare(last: Expect, before: readonly Expect[], party: Party): Promise<Played | null> {
  const answer = await party.reply();
  if (!answer.ok) return differs(before[0] ?? last, writePattern((before[0] ?? last).pattern), [answer.detail]);
  const lines = linesOf(answer.reply);
  // A last line alone stands for a reply of any length.
  const wanted = before.length === 0 ? [last] : [...before, last];
  const said = before.length === 0 ? lines.slice(-1) : lines;
  for (const [at, step] of wanted.entries()) {
    const line = said[at];
    if (line === undefined || !matchesPattern(step.pattern, line))
      return differs(step, writePattern(step.pattern), lines);
  }
  return said.length > wanted.length ? differs(last, writePattern(last.pattern), lines) : null;
}

/** The `250-` lines that stand directly in front of a step. */
function continuationsBefore(steps: readonly TranscriptStep[], index: number): Expect[] {
  const found: Expect[] = [];
  for (let at = index - 1; at >= 0; at--) {
    const step = steps[at];
    if (step?.kind !== 'expect' || !isContinuation(step)) break;
    found.unshift(step);
  }
  return found;
}

function isContinuation({ pattern: [first] }: Expect): boolean {
  return /^\d{3}-/.test(first);
}

function linesOf({ code, lines }: Reply): string[] {
  return lines.map((line, at) => `${code}${at === lines.length - 1 ? ' ' : '-'}${line}`);
}

function differs(step: TranscriptStep, wanted: string, got: readonly string[]): Played {
  return { ok: false, step, wanted, got };
}

/** The difference in words, for whoever wrote the transcript; null if there is none. */
export function differenceWords(played: Played): string | null {
  if (played.ok) return null;
  return `line ${played.step.line} wants ${played.wanted}, and what came is ${played.got.join(' | ')}`;
}

/** A server that lives in this process, and the mouth it speaks by. */
export interface HeldServer {
  readonly party: Party;
  /** Takes what the server says. */
  hear(bytes: Uint8Array | string): void;
  /** Takes note that the server hung up. */
  end(): void;
}

/**
 * Holds a session that has no socket, as a party to play against. `settle` resolves when a session that was going to answer has
 * done so; a turn of the event loop is enough for one that waits for nothing outside.
 */
export function holdServer(
  session: { ingest(bytes: Buffer): void },
  settle: () => Promise<void> = () => new Promise((resolve) => setImmediate(resolve)),
): HeldServer {
  const reader = createReplyReader();
  const replies: Reply[] = [];
  let fault: string | null = null;
  let ended = false;
  return {
    hear(bytes) {
      for (const event of reader.push(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)) {
        if (event.kind === 'reply') replies.push(event.reply);
        else if (event.kind === 'fault') fault = `no reply of SMTP: ${event.text}`;
      }
    },
    end() {
      ended = true;
    },
    party: {
      send(bytes) {
        if (!ended) session.ingest(Buffer.from(bytes));
      },
      async reply() {
        if (replies.length === 0) await settle();
        const reply = replies.shift();
        if (reply !== undefined) return { ok: true, reply };
        if (fault !== null) return { ok: false, reason: 'protocol', detail: fault };
        return ended
          ? { ok: false, reason: 'closed', detail: 'the server hung up' }
          : { ok: false, reason: 'silent', detail: 'the server says nothing' };
      },
    },
  };
}
