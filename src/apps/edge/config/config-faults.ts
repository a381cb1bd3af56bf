import { type Document, isMap, type YAMLError } from 'yaml';
import type { z } from 'zod';
import { edgeConfig } from './config-schema.ts';
import { nearestName } from './nearest-name.ts';

type Issue = z.core.$ZodIssue;

/** What is wrong with the form of a file, in words of somebody who writes one. */
export function formFault({ code, message }: YAMLError, about: string): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return `${about}: stands here a second time; a setting may be given once`;
    case 'TAB_AS_INDENT':
      return 'a tab: YAML indents with blanks';
    case 'BAD_INDENT':
      return `is indented otherwise than what it belongs to, or a { or [ before it is not closed (${message})`;
    case 'MISSING_CHAR':
      return `something is not closed: a {, a [ or a quote (${message})`;
    default:
      return message;
  }
}

/** What is wrong with a setting: for each fault where, which, and what would be right. */
export function settingFaults(issue: Issue, document: Document, at: (offset: number) => string): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      const nearest = nearestName(key, namesAt(issue.path));
      const hint = nearest === undefined ? '; mailward edge --example shows all' : `; did you mean ${nearest}?`;
      return `${at(offsetOf(document, path, true))} ${show(path)}: there is no such setting${hint}`;
    });
  }
  const given = issue.path.length === 0 ? document.toJS() : document.getIn(issue.path);
  const ofKey = issue.code === 'custom' && issue.params?.['ofKey'] === true;
  const place = `${at(offsetOf(document, issue.path, ofKey))} ${show(issue.path)}:`;
  if (issue.code === 'invalid_type' && given === undefined)
    return [`${place} is missing; mailward edge --example shows it`];
  const empty = given === null ? 'has no value; ' : '';
  return [`${place} ${empty}must be ${wanted(issue, given)}`];
}

/** What would be right, in the words of the setting where it has its own. */
function wanted(issue: Issue, given: unknown): string {
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.flat().find(({ code }) => code === 'custom') ?? issue.errors.flat()[0];
    return inner === undefined || isOwn(issue.message) ? ownWords(issue.message) : wanted(inner as Issue, given);
  }
  if (isOwn(issue.message)) return ownWords(issue.message);
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? `of the type ${issue.expected}`;
    case 'invalid_value': {
      const nearest = typeof given === 'string' ? nearestName(given, issue.values.map(String)) : undefined;
      return `one of ${issue.values.join(', ')}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;
    }
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int' ? `at least ${issue.minimum}` : 'given, and not empty';
    case 'too_big':
      return `at most ${issue.maximum}`;
    default:
      return ownWords(issue.message);
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text; what looks like a number stands in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list, such as [one, another]',
  object: 'settings, each a name and its value, such as domains: [example.com]',
  record: 'settings, each a name and its value',
};

/** The words of a setting, and not those of the library for any. */
const isOwn = (message: string): boolean => !/^(?:Invalid|Too|Unrecognized)\b/.test(message);
const ownWords = (message: string): string => message.replace(/^(?:must be|Invalid input:) /, '');

function show(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the file' : path.map(String).join('.');
}

/** Where the value (or, for `ofKey`, the name) at `path` begins; of what is not there, where the thing around it begins. */
export function offsetOf(document: Document, path: readonly PropertyKey[], ofKey: boolean): number {
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
