import { type Document, isMap, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type EdgeConfig, edgeConfig } from './config-schema.ts';

/** A configuration that cannot be used. Each fault is one line: file, line, column, where, what would be right. */
export interface ConfigFaults {
  readonly faults: readonly [string, ...string[]];
}

/** Nodes that aliases may be resolved into, so that a short file cannot become a large one. */
const ALIASES_MAX = 100;

/** Reads the text of a configuration file. `file` is its name, for the faults. */
export function readConfig(text: string, file: string): EdgeConfig | ConfigFaults {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    return { faults: document.errors.map(({ pos, message }) => `${at(pos[0])} ${message}`) as [string, ...string[]] };
  }
  let given: unknown;
  try {
    given = document.toJS({ maxAliasCount: ALIASES_MAX }) ?? {};
  } catch (fault) {
    return { faults: [`${file}:1:1 ${fault instanceof Error ? fault.message : String(fault)}`] };
  }
  const read = edgeConfig.safeParse(given);
  if (read.success) return read.data;
  const faults = read.error.issues.flatMap((issue) => sentences(issue, document, at));
  return { faults: faults as [string, ...string[]] };
}

/** Where a setting stands, as `file:line:column`, in the text of a configuration that was read before. */
export function placeOf(text: string, file: string, path: readonly string[]): string {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const { line, col } = lineCounter.linePos(offsetOf(document, path, false));
  return `${file}:${line}:${col}`;
}

type Issue = z.core.$ZodIssue;

function sentences(issue: Issue, document: Document, at: (offset: number) => string): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      const nearest = nearestName(key, namesAt(issue.path));
      const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
      return `${at(offsetOf(document, path, true))} ${show(path)}: there is no such setting${hint}`;
    });
  }
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.flat().find(({ code }) => code === 'custom') ?? issue.errors.flat()[0];
    const wanted = issue.message === 'Invalid input' ? (inner?.message ?? issue.message) : issue.message;
    return [`${at(offsetOf(document, issue.path, false))} ${show(issue.path)}: must be ${wanted}`];
  }
  const missing =
    issue.code === 'invalid_type' && issue.input === undefined && document.getIn(issue.path) === undefined;
  if (missing)
    return [
      `${at(offsetOf(document, issue.path, false))} ${show(issue.path)}: is missing; mailward edge --example shows it`,
    ];
  const wanted = issue.code === 'custom' ? `must be ${issue.message}` : issue.message.replace(/^Invalid input: /, '');
  return [`${at(offsetOf(document, issue.path, false))} ${show(issue.path)}: ${wanted}`];
}

function show(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the file' : path.map(String).join('.');
}

/** Where the value (or, for `ofKey`, the name) at `path` begins; of what is not there, where the thing around it begins. */
function offsetOf(document: Document, path: readonly PropertyKey[], ofKey: boolean): number {
  if (ofKey) {
    const around = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    if (isMap(around)) {
      const pair = around.items.find(({ key }) => String((key as { value?: unknown }).value) === String(path.at(-1)));
      const range = (pair?.key as { range?: readonly number[] } | undefined)?.range;
      if (range?.[0] !== undefined) return range[0];
    }
  }
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] } | undefined;
    if (node?.range?.[0] !== undefined) return node.range[0];
  }
  return 0;
}

/** The names of settings that may stand at a path; none where they are not fixed. */
function namesAt(path: readonly PropertyKey[]): string[] {
  let schema: unknown = edgeConfig;
  for (const step of path) schema = shapeOf(schema)?.[String(step)];
  return Object.keys(shapeOf(schema) ?? {});
}

/** The members of an object's schema, through the wrappers of defaults and transforms. */
function shapeOf(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  let at = schema as
    | { shape?: Readonly<Record<string, unknown>>; def?: { innerType?: unknown; in?: unknown } }
    | undefined;
  for (let depth = 0; at !== undefined && depth < 10; depth++) {
    if (at.shape !== undefined) return at.shape;
    at = (at.def?.innerType ?? at.def?.in) as typeof at;
  }
  return undefined;
}

function nearestName(given: string, names: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const wanted = plain(given);
  return names.find((name) => {
    const candidate = plain(name);
    return (
      candidate === wanted || candidate.startsWith(wanted) || wanted.startsWith(candidate) || near(wanted, candidate)
    );
  });
}

/** True if one text becomes the other by one change: a letter put in, left out or replaced, or two exchanged. */
function near(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const rest = (text: string, from: number) => text.slice(from);
  return (
    rest(a, at + 1) === rest(b, at + 1) ||
    rest(a, at) === rest(b, at + 1) ||
    rest(a, at + 1) === rest(b, at) ||
    (a[at] === b[at + 1] && a[at + 1] === b[at] && rest(a, at + 2) === rest(b, at + 2))
  );
}
