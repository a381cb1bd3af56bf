import { readEncodedWords } from './encoded-word.ts';
import { type ParameterisedValue, readExtended, readParameters } from './parameters.ts';
import type { Part } from './part.ts';

/** So many names of one part are considered. */
const NAMES_MAX = 40;
const PARAMETERS_MAX = 200;

/**
 * All file names that some reader could take from a part's header, the usual one first: every Content-Disposition and Content-Type, plain
 * and extended parameters, encoded words decoded and not. Where a field is flawed, also what lies around the flaw.
 */
export function fileNamesOf(part: Part): string[] {
  const found = new Set<string>();
  const usual = part.fileName;
  if (usual !== null) found.add(usual);
  addField(found, part.contentDisposition, part, 'content-disposition', 'filename');
  addField(found, part.contentType, part, 'content-type', 'name');
  return [...found].slice(0, NAMES_MAX);
}

function addField(found: Set<string>, first: ParameterisedValue | null, part: Part, field: string, name: string): void {
  if (first === null) return;
  const simple = first.flaws.length === 0;
  if (simple) {
    const value = first.parameters.get(name);
    if (value !== undefined && value !== '') found.add(value);
  }
  const fields = part.header.fieldsOf(field);
  if (simple && fields.length < 2) return;
  for (const each of fields.slice(0, 8)) {
    const text = part.header.valueOf(each);
    const parsed = readParameters(text, PARAMETERS_MAX);
    addParameters(found, parsed, name);
    if (parsed.flaws.every(({ flaw }) => HARMLESS.has(flaw))) continue;
    addTails(found, text);
    if (text.includes('(')) addTails(found, text.replace(/\([^()]*\)/g, ''));
  }
}

/** Flaws behind which no other name can hide. */
const HARMLESS: ReadonlySet<string> = new Set(['encoded-word', 'extended', 'unquoted-special', 'no-semicolon']);

function addParameters(found: Set<string>, parsed: ParameterisedValue, name: string): void {
  const add = (value: string) => {
    if (value !== '' && found.size < NAMES_MAX * 2) found.add(value);
  };
  const usual = parsed.parameters.get(name);
  if (usual !== undefined) add(usual);
  const pieces = parsed.list.filter((raw) => raw.name.startsWith(`${name}*`));
  for (const raw of parsed.list) {
    if (raw.name === name) add(decoded(raw.value));
    // Readers that do not know the extended form take no name from it, or its text as it stands.
    else if (raw.name === `${name}*`) add(readExtended(raw.value));
  }
  if (pieces.length < 2) return;
  const sorted = [...pieces].sort((a, b) => numberOf(a.name) - numberOf(b.name)).map(({ value }) => value);
  for (const joined of [sorted.join(''), pieces.map(({ value }) => value).join('')]) add(readExtended(joined));
}

/** Behind each `name … =` of a flawed field: the rest with and without its quotes, brackets and separators. */
function addTails(found: Set<string>, text: string): void {
  const lower = text.toLowerCase();
  for (let at = lower.indexOf('name'), count = 0; at !== -1 && count < 6; at = lower.indexOf('name', at + 4), count++) {
    const equals = text.indexOf('=', at);
    if (equals === -1 || equals - at > 40) continue;
    const rest = text.slice(equals + 1, equals + 1_000);
    for (const tail of [rest, rest.split(';', 1)[0] as string]) addCleaned(found, tail);
  }
}

function addCleaned(found: Set<string>, tail: string): void {
  const plain = tail.replace(/\([^()]*\)/g, '').trim();
  for (const form of [plain, plain.replace(/["'\\;]/g, ''), plain.replace(/^["']|["']$/g, '')]) {
    const value = decoded(form.trim());
    if (value !== '' && found.size < NAMES_MAX * 2) found.add(value);
  }
}

function decoded(value: string): string {
  return readEncodedWords(value);
}

function numberOf(name: string): number {
  return Number.parseInt(name.slice(name.indexOf('*') + 1), 10) || 0;
}

/** The last extension of a file name, lower case and without the dot; empty if it has none. What no file system keeps is dropped. */
export function extensionOf(name: string): string {
  const bare = name.replace(/[\s"'.\x00-\x1f]+$/, '');
  const dot = bare.lastIndexOf('.');
  return dot === -1 ? '' : bare.slice(dot + 1).toLowerCase();
}
