import { type Document, LineCounter, parseDocument, visit } from 'yaml';
import { formFault, offsetOf, settingFaults } from './config-faults.ts';
import { type EdgeConfig, edgeConfig } from './config-schema.ts';

/** A configuration that cannot be used. Each fault is one line: file, line, column, where, what would be right. */
export interface ConfigFaults {
  readonly faults: readonly [string, ...string[]];
}

/** Nodes that aliases may be resolved into, so that a short file cannot become a large one. */
const ALIASES_MAX = 100;

/** Reads the text of a configuration file. `file` is its name, for the faults. */
export function readConfig(text: string, file: string): EdgeConfig | ConfigFaults {
  if (text.includes('\0')) return { faults: [`${file}:1:1 is no text in UTF-8: save it as such`] };
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    const faults = document.errors.map((error) => {
      const word = /^[\w-]*/.exec(text.slice(error.pos[0]))?.[0] ?? '';
      return `${at(error.pos[0])} ${formFault(error, word)}`;
    });
    return { faults: faults as [string, ...string[]] };
  }
  let given: unknown;
  try {
    given = document.toJS({ maxAliasCount: ALIASES_MAX }) ?? {};
  } catch (fault) {
    return { faults: [`${at(lostAlias(document))} ${fault instanceof Error ? fault.message : String(fault)}`] };
  }
  const read = edgeConfig.safeParse(given);
  if (read.success) return read.data;
  const faults = read.error.issues.flatMap((issue) => settingFaults(issue, document, at));
  return { faults: faults as [string, ...string[]] };
}

/** Where a setting stands, as `file:line:column`, in the text of a configuration that was read before. */
export function placeOf(text: string, file: string, path: readonly string[]): string {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const { line, col } = lineCounter.linePos(offsetOf(document, path, false));
  return `${file}:${line}:${col}`;
}

/** Where the first alias stands whose anchor is nowhere. */
function lostAlias(document: Document): number {
  let found = 0;
  visit(document, {
    Alias(_, node) {
      if (node.resolve(document) !== undefined) return undefined;
      found = node.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return found;
}
