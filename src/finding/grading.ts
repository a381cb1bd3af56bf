/** Best first; `GRADES` in grade.ts says the least score of each. */
export type Grade = 'A+' | 'A' | 'B' | 'C' | 'D' | 'E' | 'F';

/** One reason for points taken. */
export interface Deduction {
  readonly kind: 'finding' | 'vulnerability' | 'unreached';
  /** The rule, the hole, or what was not reached. */
  readonly what: string;
  /** How many subjects it holds for. */
  readonly times: number;
  readonly points: number;
}

/** The highest score that is possible while `because` holds. */
export interface Ceiling {
  readonly score: number;
  readonly because: string;
}

/** A score with its reasons: `score` is 100 less the points taken, and never above a ceiling. */
export interface Grading {
  readonly score: number;
  readonly grade: Grade;
  /** Most points first. */
  readonly taken: readonly Deduction[];
  /** The ceiling that decided, or null if the points did. */
  readonly ceiling: Ceiling | null;
}
