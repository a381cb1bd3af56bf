/** One SMTP reply, of one or more lines (RFC 5321 §4.2). */
export interface Reply {
  /** 200 to 599. */
  readonly code: number;
  /** RFC 3463 status of the first line that has one, for example `5.1.1`; null if there is none. */
  readonly status: string | null;
  /** The text of each line behind the code and its separator, one character a byte (latin1). */
  readonly lines: readonly string[];
  /** What was odd about the bytes but did not keep them from being read; absent if nothing was. */
  readonly oddities?: readonly ReplyOddity[];
}

/**
 * Departures from RFC 5321 §4.2 that a reader can live with: a line ended by LF alone, a NUL, a bare CR, a line whose
 * code differs from that of the first line, a line cut because it was too long, a code not followed by space or hyphen.
 */
export type ReplyOddity = 'bare-lf' | 'nul' | 'bare-cr' | 'code-changed' | 'cut' | 'no-separator';

/** The text of a reply as a reader would quote it: its lines joined by LF, without codes. */
export function replyText(reply: Reply): string {
  return reply.lines.join('\n');
}
