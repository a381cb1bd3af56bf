/** How a reader resolves what the standards leave open or senders break. One reading sees one tree of parts. */
export interface StructureReading {
  readonly name: string;
  /** Of several fields that may stand once, the one that counts. */
  readonly duplicates: 'first' | 'last';
  /** Which of the values that the boundary can be read as: 0 is the usual one. */
  readonly boundary: number;
  /** `prefix`: a line that begins like a boundary line is one. */
  readonly delimiters: 'exact' | 'prefix';
  /** A line of blanks ends a header. */
  readonly blankLineEnds: boolean;
  /** A line that is no field ends a header. */
  readonly otherLineEnds: boolean;
  /** MIME fields in continuation lines, behind a lone CR or without colon are fields. */
  readonly hiddenFields: boolean;
  /** A line that looks like a boundary with a part header behind it is one, whatever was declared. */
  readonly sniff: boolean;
  /** A part that follows the end of its multipart is read. */
  readonly reopen: boolean;
  /** Whatever has a boundary is a multipart, and encoded containers are decoded. */
  readonly lax: boolean;
  /** Only the innermost open boundary is looked for. */
  readonly innermost: boolean;
  /** A lone CR ends a line. */
  readonly bareCr: boolean;
}

/** What the usual clients do. */
export const USUAL_READING: StructureReading = {
  name: 'usual',
  duplicates: 'first',
  boundary: 0,
  delimiters: 'exact',
  blankLineEnds: false,
  otherLineEnds: false,
  hiddenFields: false,
  sniff: false,
  reopen: false,
  lax: false,
  innermost: false,
  bareCr: false,
};
