import { readEncodedWords } from './encoded-word.ts';
import { type ParameterisedValue, readExtended } from './parameters.ts';

/** So many readings of one field are considered. */
const CANDIDATES_MAX = 24;

/**
 * All boundaries that some reader could take from a Content-Type field, the usual one first. `field` is the field as parsed, `textOfField`
 * gives its unfolded value. Most fields yield one.
 */
export function boundaryCandidates(field: ParameterisedValue | null, textOfField: () => string): string[] {
  const plainly = field?.flaws.length === 0 ? field.parameters.get('boundary') : undefined;
  if (plainly !== undefined && plainly !== '') return [plainly.trimEnd()];
  const found = new Set<string>();
  const usual = field?.parameters.get('boundary');
  const raw = field?.list.filter(({ name }) => name === 'boundary') ?? [];
  const first = raw[0]?.value ?? usual;
  // The usual clients do not decode encoded words here.
  if (first !== undefined && first !== '') found.add(first.trimEnd());
  const text = textOfField();
  const plain =
    raw.length === 1 &&
    field !== null &&
    !field.flaws.some(({ parameter }) => parameter === 'boundary' || parameter === '');
  if (plain || text === '') return [...found];
  for (const { value } of raw) addForms(found, value);
  if (usual !== undefined) addForms(found, usual);
  for (const start of occurrences(text)) {
    const rest = text.slice(start);
    const pieces = rest.split(';', 1)[0] as string;
    for (const value of [pieces, rest]) addForms(found, value);
    const quoted = /^[^"]{0,200}"([^"]{0,1000})"/.exec(rest)?.[1];
    if (quoted !== undefined) addForms(found, quoted);
  }
  for (const value of joinedPieces(field)) addForms(found, value);
  return [...found].filter((value) => value !== '').slice(0, CANDIDATES_MAX);
}

/** Behind each `boundary … =` of a text. */
function* occurrences(text: string): Generator<number> {
  const lower = text.toLowerCase();
  let at = 0;
  for (let count = 0; count < 4; count++) {
    at = lower.indexOf('boundary', at);
    if (at === -1) return;
    const equals = text.indexOf('=', at);
    if (equals === -1) return;
    yield equals + 1;
    at += 8;
  }
}

function addForms(found: Set<string>, value: string): void {
  const trimmed = value.trim();
  const forms = [
    trimmed,
    trimmed.replace(/^"(.*)"$/s, '$1'),
    trimmed.replace(/^'(.*)'$/s, '$1'),
    trimmed.replaceAll('"', ''),
    trimmed.replaceAll('\\', ''),
    trimmed.replace(/\\"/g, '"'),
    trimmed.split('"', 1)[0] as string,
    (trimmed.split('"')[1] ?? '') as string,
    trimmed.split('\\', 1)[0] as string,
    trimmed.split(/\s/, 1)[0] as string,
    trimmed.replace(/\([^()]*\)/g, '').trim(),
    /\(\s*boundary\s*=\s*([^()]*)\)/i.exec(trimmed)?.[1] ?? '',
    readEncodedWords(trimmed),
    readExtended(trimmed),
    trimmed.replace(/^[^']*'[^']*'/, ''),
    trimmed.split(/[\x00-\x1f]/, 1)[0] as string,
  ];
  for (const form of forms) if (form !== '' && form.length <= 1_000 && found.size < CANDIDATES_MAX * 3) found.add(form);
}

/** The values of `boundary*N` joined by number, in the order they stand, and backwards, decoded and not. */
function joinedPieces(field: ParameterisedValue | null): string[] {
  const pieces = field?.list.filter(({ name }) => name.startsWith('boundary*')) ?? [];
  if (pieces.length === 0) return [];
  const values = pieces.map(({ value }) => value);
  const sorted = [...pieces].sort((a, b) => numberOf(a.name) - numberOf(b.name)).map(({ value }) => value);
  const joins = [sorted.join(''), values.join(''), values.toReversed().join('')];
  return [...joins, ...joins.map(readExtended), ...values.map(readExtended)];
}

function numberOf(name: string): number {
  return Number.parseInt(name.slice(name.indexOf('*') + 1), 10) || 0;
}
