/** One SMTP reply, of one or more lines (RFC 5321 §4.2). */
export interface Reply {
  /** 200 to 599. */
  readonly code: number;
  /** RFC 3463 status of the first line that has one, for example `5.1.1`; null if there is none. */
  readonly status: string | null;
  /** The text of each line behind the code and its separator, one character a byte (latin1). */
  readonly lines: readonly string[];
}
