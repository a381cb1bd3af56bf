import type { Ambiguity, AmbiguityRule } from './ambiguity.ts';
import type { Message } from './message.ts';
import { scanMessage } from './scan.ts';
import { type StructureReading, USUAL_READING } from './structure-reading.ts';

/** A reading that is worth a look where one of the rules was found. */
interface Variant {
  readonly on: readonly AmbiguityRule[];
  readonly change: Partial<StructureReading> & { readonly name: string };
}

const VARIANTS: readonly Variant[] = [
  { on: ['mime/duplicate-field'], change: { name: 'last-field', duplicates: 'last' } },
  ...[1, 2, 3].map(
    (boundary): Variant => ({
      on: ['mime/boundary-form', 'mime/boundary-missing', 'mime/content-type-syntax'],
      change: { name: `boundary-${boundary + 1}`, boundary, lax: true },
    }),
  ),
  { on: ['mime/boundary-prefix'], change: { name: 'boundary-prefix', delimiters: 'prefix' } },
  { on: ['mime/blank-line-in-header'], change: { name: 'blank-line-ends-header', blankLineEnds: true } },
  { on: ['mime/no-colon'], change: { name: 'other-line-ends-header', otherLineEnds: true } },
  { on: ['mime/hidden-field'], change: { name: 'hidden-fields', hiddenFields: true } },
  { on: ['mime/unread-delimiter', 'mime/boundary-missing'], change: { name: 'undeclared-boundaries', sniff: true } },
  { on: ['mime/part-after-end'], change: { name: 'parts-after-end', reopen: true } },
  { on: ['mime/boundary-nested'], change: { name: 'innermost-boundary', innermost: true } },
  {
    on: ['mime/container-encoded', 'mime/boundary-missing', 'mime/content-type-syntax'],
    change: { name: 'encoded-containers', lax: true },
  },
  { on: ['mime/bare-cr'], change: { name: 'cr-ends-line', bareCr: true } },
];

/**
 * The message as other readers see it: one table of parts for each reading that an ambiguity of the usual one gives reason for, and one
 * that takes all of them together. Nothing for a message without ambiguities. At most `limits.readings` of them; each is as much work as
 * reading the message.
 */
export function* otherReadings(message: Message): Generator<{ readonly reading: string; readonly message: Message }> {
  const found = new Set(message.ambiguities.filter(({ severity }) => severity !== 'info').map(({ rule }) => rule));
  const due = VARIANTS.filter(({ on }) => on.some((rule) => found.has(rule))).slice(0, message.limits.readings - 1);
  for (const { change } of due) yield read(message, { ...USUAL_READING, ...change });
  if (due.length < 2) return;
  const all = Object.assign({}, USUAL_READING, ...due.map(({ change }) => change), { name: 'all-together' });
  yield read(message, all);
}

function read(message: Message, reading: StructureReading): { readonly reading: string; readonly message: Message } {
  return { reading: reading.name, message: scanMessage(message.bytes, message.limits, reading) };
}

/** True if what a part's header says about its body is in doubt. */
export function isDoubtful(part: number, ambiguities: readonly Ambiguity[]): boolean {
  return ambiguities.some(
    (ambiguity) => ambiguity.part === part && (ambiguity.severity === 'medium' || ambiguity.severity === 'high'),
  );
}
