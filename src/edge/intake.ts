/** Takes what stands behind a command and is none itself: the text of a message, a chunk of one, an answer of AUTH. */
export interface Intake {
  /** Takes bytes. Returns how many of them belong to it once its end has come, else -1: all of them were taken, and more must come. */
  take(bytes: Buffer): number;
  /** Goes on when its end has come. */
  ended(): void;
  /** Bytes of a message so far, which must come faster than the floor; null where a person may be typing. */
  readonly size: number | null;
}
