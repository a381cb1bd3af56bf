/**
 * A place where two readers of the same bytes could see different messages. Nothing of the kind is settled silently: the reader takes
 * the reading of the usual clients and says here that there is another.
 */
export interface Ambiguity {
  readonly rule: AmbiguityRule;
  /** Offset in the bytes that the part's offsets refer to. */
  readonly at: number;
  /** Index of the part it was found in. */
  readonly part: number;
  /** The bytes in question, shortened, one character a byte. */
  readonly detail: string;
}

export type AmbiguityRule = `mime/${string}`;
