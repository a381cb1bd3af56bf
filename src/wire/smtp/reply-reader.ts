import type { Reply, ReplyOddity } from './reply.ts';
import { leadingStatus } from './status-code.ts';

/** Bounds on what one reply may cost us. RFC 5321 §4.5.3.1.5 allows a reply line 512 octets; real servers send more. */
export interface ReplyLimits {
  /** Bytes of a line that are kept; the rest is dropped and the line marked `cut`. */
  readonly lineKept: number;
  /** Bytes of a line that are read at all; more is the fault `endless-line`. */
  readonly lineRead: number;
  /** Lines of one reply; more is the fault `too-many-lines`. */
  readonly lines: number;
}

export const REPLY_LIMITS: ReplyLimits = { lineKept: 2_000, lineRead: 65_536, lines: 100 };

/** Why bytes are no reply. `bad-code`: a line does not begin with a code of 200 to 599. */
export type ReplyFault = 'bad-code' | 'endless-line' | 'too-many-lines';

/** What came out of the bytes, in order: every line as it ended, and behind the last line of a reply the reply itself. */
export type ReplyEvent =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'reply'; readonly reply: Reply; readonly lines: number }
  | { readonly kind: 'fault'; readonly fault: ReplyFault; readonly text: string };

/** Turns the bytes of a server into replies, in pieces of any size. */
export interface ReplyReader {
  /** Never throws. After a fault it drops everything: what follows a broken reply cannot be told from its rest. */
  push(bytes: Uint8Array): readonly ReplyEvent[];
  /** True if a reply has begun (a byte, or a `220-` line) and is not complete. */
  readonly midReply: boolean;
}

const LF = 0x0a;

/** Makes a reader for one connection; after STARTTLS a new one is due, so that nothing is carried over. */
export function createReplyReader(limits: ReplyLimits = REPLY_LIMITS): ReplyReader {
  let kept = '';
  let read = 0;
  let code: number | null = null;
  let texts: string[] = [];
  let oddities = new Set<ReplyOddity>();
  let broken = false;

  function fail(fault: ReplyFault, text: string): ReplyEvent {
    broken = true;
    kept = '';
    texts = [];
    return { kind: 'fault', fault, text };
  }

  function endLine(events: ReplyEvent[]): void {
    let line = kept;
    if (read > limits.lineKept) oddities.add('cut');
    else if (line.endsWith('\r')) line = line.slice(0, -1);
    else oddities.add('bare-lf');
    if (line.includes('\0')) oddities.add('nul');
    if (line.includes('\r')) oddities.add('bare-cr');
    kept = '';
    read = 0;
    events.push({ kind: 'line', text: line });

    const lineCode = readCode(line);
    if (lineCode === null) {
      events.push(fail('bad-code', line));
      return;
    }
    code ??= lineCode;
    if (lineCode !== code) oddities.add('code-changed');
    const separator = line[3];
    const spaced = separator === ' ' || separator === '-' || separator === undefined;
    if (!spaced) oddities.add('no-separator');
    texts.push(line.slice(spaced ? 4 : 3));
    if (separator === '-') {
      if (texts.length >= limits.lines) events.push(fail('too-many-lines', line));
      return;
    }
    events.push({ kind: 'reply', reply: complete(code), lines: texts.length });
    code = null;
    texts = [];
    oddities = new Set();
  }

  function complete(of: number): Reply {
    let status: string | null = null;
    for (const text of texts) {
      status = leadingStatus(of, text);
      if (status !== null) break;
    }
    const reply = { code: of, status, lines: texts };
    return oddities.size === 0 ? reply : { ...reply, oddities: [...oddities] };
  }

  return {
    push(bytes) {
      const events: ReplyEvent[] = [];
      const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      let start = 0;
      while (!broken && start < view.length) {
        const found = view.indexOf(LF, start);
        const end = found === -1 ? view.length : found;
        const room = limits.lineKept - kept.length;
        if (room > 0) kept += view.toString('latin1', start, Math.min(end, start + room));
        read += end - start;
        start = end + 1;
        if (read > limits.lineRead) events.push({ kind: 'line', text: kept }, fail('endless-line', kept));
        else if (found !== -1) endLine(events);
      }
      return events;
    },
    get midReply() {
      return read > 0 || texts.length > 0;
    },
  };
}

function readCode(line: string): number | null {
  const first = line.charCodeAt(0);
  const second = line.charCodeAt(1);
  const third = line.charCodeAt(2);
  const digits = first >= 0x32 && first <= 0x35 && isDigit(second) && isDigit(third);
  return digits ? Number(line.slice(0, 3)) : null;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
