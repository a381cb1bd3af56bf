/** One line of a recorded dialogue, without its line end; `at` is milliseconds since the connection was opened. */
export interface Line {
  readonly from: 'client' | 'server';
  /** Bytes as one character each (latin1), so nothing a stranger sent is lost. */
  readonly text: string;
  readonly at: number;
  /** True if the line travelled inside TLS. The first such line marks the boundary. */
  readonly secure?: true;
}
