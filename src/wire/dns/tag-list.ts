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
  readonly fault: string;
  readonly at: number;
}

/** Tags read of one record. */
const TAGS_MAX = 200;

/** Reads a tag list: tags separated by semicolons, blanks around them ignored. A tag without `=` is a fault. */
export function readTagList(text: string): readonly Tag[] | RecordFault {
  const tags: Tag[] = [];
  for (let at = 0; at < text.length && tags.length < TAGS_MAX; ) {
    const semicolon = text.indexOf(';', at);
    const end = semicolon < 0 ? text.length : semicolon;
    const part = text.slice(at, end);
    if (part.trim() !== '') {
      const equals = part.indexOf('=');
      if (equals < 0) return { fault: `"${part.trim().slice(0, 40)}" is no tag=value`, at };
      tags.push({ name: part.slice(0, equals).trim().toLowerCase(), value: part.slice(equals + 1).trim(), at });
    }
    at = end + 1;
  }
  return tags;
}

/** The value of the first tag with that name. */
export function tagValue(tags: readonly Tag[], name: string): string | undefined {
  return tags.find((tag) => tag.name === name)?.value;
}
