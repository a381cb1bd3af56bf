import { untagged } from '../../wire/address/bounce-tag.ts';

/** A line of the edge's log: what is common to all, and the rest as it is. */
export interface LogLine extends Readonly<Record<string, unknown>> {
  readonly time: string;
  readonly event: string;
  readonly session: string;
}

/** Reads a line (one character a byte); null if it is none of a session. A log may end in the middle of a line. */
export function readLine(text: string): LogLine | null {
  try {
    const line = JSON.parse(Buffer.from(text, 'latin1').toString('utf8')) as Partial<LogLine> | null;
    const whole = typeof line?.time === 'string' && typeof line.event === 'string' && typeof line.session === 'string';
    return whole ? (line as LogLine) : null;
  } catch {
    return null;
  }
}

/** The bytes by which a line that holds a term can be found, lower case, one character a byte; an address with whatever stands behind a `+`, too. */
export function needleOf(term: string): RegExp {
  const text = Buffer.from(JSON.stringify(withoutTag(term)).slice(1, -1), 'utf8')
    .toString('latin1')
    .toLowerCase();
  const [, local = '', domain = ''] = /^([^+@]+)(@.+)$/.exec(text) ?? [];
  return new RegExp(local === '' ? literally(text) : `${literally(local)}(?:\\+[^"@]*)?${literally(domain)}`, 'g');
}

const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

const EXACT = ['session', 'id', 'peer', 'hello', 'sender', 'recipient'] as const;
const LISTS = ['recipients'] as const;
const TEXTS = ['upstream', 'because'] as const;

/**
 * True if a line is about a term: an address, `@domain`, a Message-ID with or without its brackets, an id of ours, a peer's address or
 * name, or a word of what the upstream said, such as its queue id. Case does not matter, and an address is found with whatever stood behind a `+`.
 */
export function isAbout(line: LogLine, term: string): boolean {
  const wanted = bare(term);
  const equal = wanted.startsWith('@')
    ? (value: unknown) => typeof value === 'string' && value.toLowerCase().endsWith(wanted)
    : (value: unknown) => typeof value === 'string' && [bare(value), withoutDetail(bare(value))].includes(wanted);
  if (EXACT.some((name) => equal(line[name]))) return true;
  if (equal(line['messageId'])) return true;
  if (LISTS.some((name) => Array.isArray(line[name]) && (line[name] as unknown[]).some(equal))) return true;
  const onward = line['onward'] as { readonly sender?: unknown; readonly recipients?: unknown } | undefined;
  if (equal(onward?.sender) || (Array.isArray(onward?.recipients) && onward.recipients.some(equal))) return true;
  return TEXTS.some((name) => words(line[name]).some(equal));
}

const bare = (text: string): string => withoutTag(text.trim().replace(/^<|>$/g, '')).toLowerCase();

/** An address without the bounce tag before it: who asks has the one form or the other. */
function withoutTag(text: string): string {
  const at = text.lastIndexOf('@');
  return at < 0 ? text : `${untagged(text.slice(0, at))}${text.slice(at)}`;
}

/** An address without what stands behind the `+` (RFC 5233). */
const withoutDetail = (address: string): string => address.replace(/^([^+@]+)\+[^@]*@/, '$1@');

function words(value: unknown): string[] {
  return typeof value === 'string' ? value.split(/[\s,;()<>"[\]]+/).map((word) => word.replace(/[.:]+$/, '')) : [];
}
