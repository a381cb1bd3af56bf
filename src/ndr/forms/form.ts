import type { Material } from '../material.ts';
import type { Finding } from '../recipients.ts';

/** What a form may ask about the message beside its own words. */
export interface FormContext {
  /** The host that reports, as far as known. */
  readonly lhost: string | null;
}

/** A family of reports that follow no standard. It recognises its own marks, and reads what the general reading cannot. */
export interface Form {
  /** Also the fact `form:NAME` that clauses may ask for. */
  readonly name: string;
  recognises(material: Material): boolean;
  /** The recipients, or nothing if the general reading shall find them. */
  read?(material: Material, context: FormContext): readonly Finding[];
}

/** True if one of the report's first lines contains the words. */
export function hasLine(material: Material, words: string): boolean {
  if (material.lines.length <= MAX_MARK_LINES) return material.text.includes(words);
  return material.lines.slice(0, MAX_MARK_LINES).some((line) => line.includes(words));
}

const MAX_MARK_LINES = 200;
