/** A field of a machine-readable report part. `name` is in lower case; `value` is unfolded and trimmed. */
export interface ReportField {
  readonly name: string;
  readonly value: string;
}

/** Bounds of one report part: more groups, fields or bytes of a value than this are left out. */
export const FIELD_LIMITS = { groups: 10_000, fieldsInGroup: 200, value: 16_384, name: 80 } as const;

/**
 * Splits a report part (RFC 3464 §2.1, RFC 5965 §3) into groups of fields at its blank lines. Never throws.
 * Reads any line end, several blank lines in a row, folded lines, and lines without a colon, which continue the value before them
 * because senders wrap long diagnostics without a leading space. Groups behind the first `most` are left out.
 */
export function readFieldGroups(text: string, most: number = FIELD_LIMITS.groups): ReportField[][] {
  const groups: ReportField[][] = [];
  let group: ReportField[] = [];
  let name = '';
  let value = '';
  const endField = () => {
    if (name !== '' && group.length < FIELD_LIMITS.fieldsInGroup) group.push({ name, value: value.trim() });
    name = '';
    value = '';
  };
  const endGroup = () => {
    endField();
    if (group.length > 0 && groups.length < most) groups.push(group);
    group = [];
  };
  for (const line of linesOf(text)) {
    if (isBlank(line)) {
      endGroup();
      if (groups.length === most) break;
      continue;
    }
    const folded = line.charCodeAt(0) === 0x20 || line.charCodeAt(0) === 0x09;
    const colon = folded ? -1 : nameEnd(line);
    if (colon === -1) {
      if (name !== '' && value.length + line.length < FIELD_LIMITS.value)
        value += `${value === '' ? '' : ' '}${line.trim()}`;
      continue;
    }
    endField();
    name = line.slice(0, colon).trimEnd().toLowerCase();
    value = line.slice(colon + 1, colon + 1 + FIELD_LIMITS.value).trim();
  }
  endGroup();
  return groups;
}

/** The first field of that name (lower case), or undefined if there is none or it is empty. */
export function fieldOf(group: readonly ReportField[], name: string): string | undefined {
  const value = group.find((field) => field.name === name)?.value;
  return value === '' ? undefined : value;
}

/** Cuts a text into lines at CRLF, LF or CR; a line end at the end of the text begins no further line. Lines behind the first `most` are left out. */
export function linesOf(text: string, most = MAX_LINES): string[] {
  const lines = lineFeedsOnly(text).split('\n', most + 1);
  if (lines.length > most || lines.at(-1) === '') lines.pop();
  return lines;
}

/** What a text is cut into at most. */
const MAX_LINES = 2 ** 31;

/** The text with LF for every line end. */
export function lineFeedsOnly(text: string): string {
  return text.includes('\r') ? text.replaceAll('\r\n', '\n').replaceAll('\r', '\n') : text;
}

/** Position of the colon if the line starts with a field name (letters, digits, `-`, `_`, `.`), else -1. */
function nameEnd(line: string): number {
  const bound = Math.min(line.length, FIELD_LIMITS.name);
  let i = 0;
  while (i < bound && isNameCharacter(line.charCodeAt(i))) i++;
  if (i === 0) return -1;
  while (i < bound && line.charCodeAt(i) === 0x20) i++;
  return line.charCodeAt(i) === 0x3a ? i : -1;
}

function isNameCharacter(c: number): boolean {
  return (
    (c >= 0x30 && c <= 0x39) ||
    (c >= 0x41 && c <= 0x5a) ||
    (c >= 0x61 && c <= 0x7a) ||
    c === 0x2d ||
    c === 0x5f ||
    c === 0x2e
  );
}

function isBlank(line: string): boolean {
  for (let i = 0; i < line.length; i++) if (line.charCodeAt(i) !== 0x20 && line.charCodeAt(i) !== 0x09) return false;
  return true;
}
