/** What a server did with a stream. */

/** A message as the next server got it: dots undone, without the trace field of the server that passed it on. latin1. */
export interface Received {
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly text: string;
}

/** What came back while one unit of a stream was answered. */
export interface UnitAnswer {
  /** The replies, whole and in order, as `250 2.1.0 Ok`; of one with several lines the last. */
  readonly replies: readonly string[];
  /** The connection was ended. */
  readonly closed: boolean;
  /** Messages that were accepted. */
  readonly messages: readonly Received[];
  /** Rules of the edge that hit; none of others. */
  readonly rules: readonly string[];
}

/** One answer a unit, up to the one in which the connection ended. */
export type Observation = readonly UnitAnswer[];

/** The classes of replies, one digit each, and `x` if the connection ended: `22`, `5x`. */
export function classes({ replies, closed }: Pick<UnitAnswer, 'replies' | 'closed'>): string {
  return `${replies.map((reply) => reply[0]).join('')}${closed ? 'x' : ''}`;
}
