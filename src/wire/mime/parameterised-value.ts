/** One `name=value` as it stands: the value unquoted and unescaped, nothing decoded. */
export interface RawParameter {
  /** Lower case; RFC 2231 marks included: `filename*0*`. */
  readonly name: string;
  readonly value: string;
}

/** Why a parameterised value can be read in several ways. */
export type ParameterFlaw =
  | 'blank-in-type'
  | 'no-semicolon'
  | 'comment'
  | 'comment-in-name'
  | 'control'
  | 'stray'
  | 'blank-at-equals'
  | 'unclosed-quote'
  | 'after-quote'
  | 'escape'
  | 'quote-in-token'
  | 'single-quote'
  | 'unquoted-blank'
  | 'unquoted-special'
  | 'duplicate'
  | 'encoded-word'
  | 'extended'
  | 'pieces'
  | 'piece-order'
  | 'too-many';

/** A flaw and the parameter it was found at, by base name; the empty name where it concerns the whole field. */
export interface FoundFlaw {
  readonly flaw: ParameterFlaw;
  readonly parameter: string;
}

/** The value of a field such as Content-Type: a leading token, then parameters (RFC 2045 §5.1, RFC 2231). */
export interface ParameterisedValue {
  /** Lower case. */
  readonly value: string;
  /** By lower-case name, as the usual clients read them: the first of a name, plain before extended, continuations joined, decoded. */
  readonly parameters: ReadonlyMap<string, string>;
  /** All parameters as they stand, in order. */
  readonly list: readonly RawParameter[];
  readonly flaws: readonly FoundFlaw[];
}
