import type { Identity } from '../finding/identity.ts';
import type { Disclosure, DisclosureKind } from '../finding/ndr-report.ts';
import type { Rule, Severity } from '../finding/rule.ts';
import type { Received } from '../wire/dsn/received.ts';

/** A header or report field, and where it stands. The name is in lower case. */
export interface SeenField {
  readonly name: string;
  readonly value: string;
  readonly where: string;
}

export interface SeenReceived {
  readonly received: Received;
  readonly where: string;
  /** Product and version that wrote the line, if it gives them away. */
  readonly software: { readonly name: string; readonly version: string | null; readonly client: boolean } | undefined;
}

/** All that a message shows, laid out for clues: its own header, that of the message it returns, the delivery report and the text. */
export interface SeenMessage {
  readonly fields: readonly SeenField[];
  readonly received: readonly SeenReceived[];
  /** Boundaries of the multiparts, with the part they belong to. */
  readonly boundaries: readonly SeenField[];
  /** Lines of the report's own text; none for plain mail, whose text is its author's affair. */
  readonly lines: readonly string[];
  readonly telltale: TelltaleFields;
  /** The product that wrote the report; null for plain mail. */
  readonly reporter: Identity | null;
  /** True for what the message itself is about, so that its sender is not called a secret. */
  readonly isReport: boolean;
}

/** Fields that products leave, by name; a name that ends in `*` stands for all that start so. */
export interface TelltaleFields {
  find(name: string): Telltale | undefined;
}

export interface Telltale {
  readonly field: string;
  readonly kind: DisclosureKind;
  readonly product: string;
  readonly severity: Severity;
}

/** One kind of thing that messages give away: a file, its rules, and where it looks. It never throws and never guesses. */
export interface Clue {
  readonly rules: readonly [Rule, ...Rule[]];
  find(seen: SeenMessage): Iterable<Disclosure>;
}

/** A disclosure under a rule; longer values are cut, as they are quotes of a stranger. */
export function disclose(
  rule: Rule,
  kind: DisclosureKind,
  value: string,
  where: string,
  severity: Severity = rule.severity,
): Disclosure {
  return { kind, value: oneLine(value), where, severity, rule };
}

const MAX_VALUE = 300;

/** The values of the fields of one name. */
export function* fieldsNamed(seen: SeenMessage, ...names: readonly string[]): Generator<SeenField> {
  for (const field of seen.fields) if (names.includes(field.name)) yield field;
}

function oneLine(value: string): string {
  const cut = value.length > 2 * MAX_VALUE ? value.slice(0, 2 * MAX_VALUE) : value;
  return (/\s{2}|[\t\r\n\u00a0]/.test(cut) ? cut.replace(/\s+/g, ' ') : cut).trim().slice(0, MAX_VALUE);
}
