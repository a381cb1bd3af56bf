import { type RecordFault, readTagList } from './tag-list.ts';

/** The MTA-STS record, which only says that there is a policy and when it changed (RFC 8461 §3.1). */
export interface MtaStsRecord {
  readonly id: string;
}

export function isMtaSts(text: string): boolean {
  return /^v=STSv1\s*(?:;|$)/.test(text);
}

export function readMtaStsRecord(text: string): MtaStsRecord | RecordFault {
  if (!isMtaSts(text)) return { fault: 'does not begin with "v=STSv1;"', at: 0 };
  const tags = readTagList(text);
  if ('fault' in tags) return tags;
  const id = tags.find(({ name }) => name === 'id');
  if (id === undefined) return { fault: 'has no id', at: 0 };
  return /^[A-Za-z0-9]{1,32}$/.test(id.value)
    ? { id: id.value }
    : { fault: 'has an id that is not 1 to 32 letters and digits', at: id.at };
}

/** The policy file (RFC 8461 §3.2). */
export interface MtaStsPolicy {
  readonly mode: 'enforce' | 'testing' | 'none';
  /** Seconds. */
  readonly maxAge: number;
  readonly mx: readonly string[];
}

/** Lines read of a policy file. */
const LINES_MAX = 2_000;

export function readMtaStsPolicy(text: string): MtaStsPolicy | RecordFault {
  const values = new Map<string, string[]>();
  let at = 0;
  for (const line of text.split('\n').slice(0, LINES_MAX)) {
    const plain = line.replace(/\r$/, '');
    if (plain.trim() !== '') {
      const colon = plain.indexOf(':');
      if (colon < 1) return { fault: `"${plain.slice(0, 40)}" is no key: value`, at };
      const key = plain.slice(0, colon).trim();
      values.set(key, [...(values.get(key) ?? []), plain.slice(colon + 1).trim()]);
    }
    at += line.length + 1;
  }
  if (values.get('version')?.[0] !== 'STSv1') return { fault: 'has no "version: STSv1"', at: 0 };
  const mode = values.get('mode')?.[0];
  if (mode !== 'enforce' && mode !== 'testing' && mode !== 'none')
    return { fault: 'has no mode of enforce, testing or none', at: 0 };
  const maxAge = values.get('max_age')?.[0] ?? '';
  if (!/^\d{1,10}$/.test(maxAge) || Number(maxAge) > 31_557_600)
    return { fault: 'has no max_age from 0 to 31557600', at: 0 };
  const mx = (values.get('mx') ?? []).map((name) => name.toLowerCase());
  if (mx.length === 0 && mode !== 'none') return { fault: 'names no mx', at: 0 };
  const odd = mx.find(
    (name) => !/^(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/.test(name),
  );
  if (odd !== undefined) return { fault: `has an mx that is no host name: "${odd.slice(0, 60)}"`, at: 0 };
  return { mode, maxAge: Number(maxAge), mx };
}

/** True if a policy's `mx` pattern covers a host: `*.` stands for exactly one label (RFC 8461 §4.1). */
export function coversHost(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*.')) return pattern.toLowerCase() === host.toLowerCase();
  const dot = host.indexOf('.');
  return dot > 0 && host.slice(dot).toLowerCase() === pattern.slice(1).toLowerCase();
}
