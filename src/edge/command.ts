/** One SMTP command, as a row of the table (`commands/index.ts`). */
export interface EdgeCommand<Session> {
  /** Upper case. */
  readonly word: string;
  /** Allowed before STARTTLS where TLS is required (RFC 3207 §4). */
  readonly beforeTls: boolean;
  /** Must be the last of a pipelined group (RFC 2920 §3.1): bytes behind it that came before our answer are refused. */
  readonly endsPipeline: boolean;
  /** Answers; may do so later by `session.wait`. */
  proceed(session: Session, argument: string): void;
}
