/** One `tag=value` of a record such as DMARC, DKIM, MTA-STS and TLS-RPT (RFC 6376 §3.2). */
export interface Tag {
  /** Lower case. */
  readonly name: string;
  readonly value: string;
  /** Offset of the tag in the record. */
  readonly at: number;
}

/** Why a record cannot be read, and where. */
export interface RecordFault {
  /** Follows a subject: "The record has no p". */
  readonly fault: string;
  /** Offset in the record. */
  readonly at: number;
}

/** Characters of a policy record that anybody reads; SPF advises 450 (RFC 7208 §3.4). */
export const RECORD_MAX = 16_384;
/** Tags of one record. */
const TAGS_MAX = 200;

/** Reads a tag list: tags separated by semicolons, blanks around them ignored. A tag without `=`, or one that comes twice, is a fault. */
export function readTagList(text: string): readonly Tag[] | RecordFault {
  if (text.length > RECORD_MAX) return { fault: `is longer than ${RECORD_MAX} characters`, at: RECORD_MAX };
  const tags: Tag[] = [];
  for (let at = 0; at < text.length; ) {
    const semicolon = text.indexOf(';', at);
    const end = semicolon < 0 ? text.length : semicolon;
    const part = text.slice(at, end);
    if (part.trim() !== '') {
      const equals = part.indexOf('=');
      const name = part.slice(0, Math.max(0, equals)).trim().toLowerCase();
      if (equals < 0 || name === '') return { fault: `has "${quote(part)}", which is no tag=value`, at };
      // RFC 6376 §3.2: with a tag twice, the whole list is invalid.
      if (tags.some((tag) => tag.name === name)) return { fault: `has ${quote(name)} twice`, at };
      if (tags.length >= TAGS_MAX) return { fault: `has more than ${TAGS_MAX} tags`, at };
      tags.push({ name, value: part.slice(equals + 1).trim(), at });
    }
    at = end + 1;
  }
  return tags;
}

/** The value of the tag with that name. */
export function tagValue(tags: readonly Tag[], name: string): string | undefined {
  return tags.find((tag) => tag.name === name)?.value;
}

/** Where a tag stands; 0 if it does not. */
export function tagOffset(tags: readonly Tag[], name: string): number {
  return tags.find((tag) => tag.name === name)?.at ?? 0;
}

/** The begin of a stranger's text, short enough for a sentence. */
export function quote(text: string): string {
  const plain = text.trim();
  return plain.length > 40 ? `${plain.slice(0, 40)}…` : plain;
}
