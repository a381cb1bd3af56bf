import type { DisclosureKind } from '../finding/ndr-report.ts';
import type { Severity } from '../finding/rule.ts';
import type { TelltaleField } from '../knowledge/load-words.ts';
import type { Telltale, TelltaleFields } from './clue.ts';

/** Makes the table of telling fields ready: whole names are looked up, names with a `*` are compared in the order of the table. */
export function telltaleFields(fields: readonly TelltaleField[]): TelltaleFields {
  const whole = new Map<string, Telltale>();
  const patterns: { readonly start: string; readonly middle: string; readonly told: Telltale }[] = [];
  for (const field of fields) {
    const told: Telltale = {
      field: field.field,
      product: field.product,
      kind: field.kind as DisclosureKind,
      severity: field.severity as Severity,
    };
    if (!field.field.includes('*')) whole.set(field.field, told);
    else if (field.field.startsWith('*')) patterns.push({ start: '', middle: field.field.replaceAll('*', ''), told });
    else patterns.push({ start: field.field.slice(0, -1), middle: '', told });
  }
  const known = new Map<string, Telltale | undefined>();
  return {
    find(name) {
      // Names repeat in every message; the table is asked once for each, within a bound, as strangers make names up.
      if (known.has(name)) return known.get(name);
      const told =
        whole.get(name) ?? patterns.find(({ start, middle }) => name.startsWith(start) && name.includes(middle))?.told;
      if (known.size < MAX_KNOWN) known.set(name, told);
      return told;
    },
  };
}

const MAX_KNOWN = 5000;
