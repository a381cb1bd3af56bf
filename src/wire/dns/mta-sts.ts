import { domainToASCII } from 'node:url';
import { quote, type RecordFault, readTagList } from './tag-list.ts';

/** The MTA-STS record, which only says that there is a policy and when it changed (RFC 8461 §3.1). */
export interface MtaStsRecord {
  readonly id: string;
}

/** True for a TXT record that claims to be MTA-STS. Others at the same name are ignored (RFC 8461 §3.1). */
export function isMtaSts(text: string): boolean {
  return /^v=STSv1[ \t]*(?:;|$)/.test(text);
}

export function readMtaStsRecord(text: string): MtaStsRecord | RecordFault {
  if (!isMtaSts(text)) return { fault: 'does not begin with "v=STSv1;"', at: 0 };
  const tags = readTagList(text);
  if ('fault' in tags) return tags;
  const id = tags.find(({ name }) => name === 'id');
  if (id === undefined) return { fault: 'has no id', at: 0 };
  return /^[A-Za-z0-9]{1,32}$/.test(id.value)
    ? { id: id.value }
    : { fault: `has id=${quote(id.value)}, which is not 1 to 32 letters and digits`, at: id.at };
}

/** The policy file (RFC 8461 §3.2). */
export interface MtaStsPolicy {
  readonly mode: 'enforce' | 'testing' | 'none';
  /** Seconds. */
  readonly maxAge: number;
  /** Lower case. */
  readonly mx: readonly string[];
}

/** Seconds in `max_age`, about a year (RFC 8461 §3.2). */
const AGE_MAX = 31_557_600;
/** Lines of a policy file. */
const LINES_MAX = 2_000;
const HOST = /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/;

interface Field {
  readonly value: string;
  readonly at: number;
}

export function readMtaStsPolicy(text: string): MtaStsPolicy | RecordFault {
  const fields = readFields(text);
  if ('fault' in fields) return fields;
  // Of a field that comes twice, the first counts (RFC 8461 §3.2); only mx may be repeated.
  const [version, mode, age] = ['version', 'mode', 'max_age'].map((name) => fields.get(name)?.[0]);
  if (version?.value !== 'STSv1') return { fault: 'has no "version: STSv1"', at: version?.at ?? 0 };
  const known = (['enforce', 'testing', 'none'] as const).find((word) => word === mode?.value);
  if (known === undefined) return { fault: 'has no mode of enforce, testing or none', at: mode?.at ?? 0 };
  if (age === undefined || !/^\d{1,10}$/.test(age.value) || Number(age.value) > AGE_MAX)
    return { fault: `has no max_age from 0 to ${AGE_MAX}`, at: age?.at ?? 0 };
  const mx = (fields.get('mx') ?? []).map(({ value, at }) => ({ at, name: hostName(value) }));
  if (mx.length === 0 && known !== 'none') return { fault: 'names no mx', at: 0 };
  const odd = mx.find(({ name }) => !HOST.test(name));
  if (odd !== undefined) return { fault: `has mx: ${quote(odd.name)}, which is no host name`, at: odd.at };
  return { mode: known, maxAge: Number(age.value), mx: mx.map(({ name }) => name) };
}

function readFields(text: string): ReadonlyMap<string, readonly Field[]> | RecordFault {
  const fields = new Map<string, Field[]>();
  let at = 0;
  for (const [index, line] of text.split('\n', LINES_MAX + 1).entries()) {
    if (index === LINES_MAX) return { fault: `has more than ${LINES_MAX} lines`, at };
    if (line.trim() !== '') {
      const colon = line.indexOf(':');
      if (colon < 1) return { fault: `has "${quote(line)}", which is no "key: value"`, at };
      const name = line.slice(0, colon).trim();
      const own = fields.get(name) ?? [];
      own.push({ value: line.slice(colon + 1).trim(), at });
      fields.set(name, own);
    }
    at += line.length + 1;
  }
  return fields;
}

/** True if a policy's `mx` pattern covers a host: `*.` stands for exactly one label (RFC 8461 §4.1). */
export function coversHost(pattern: string, host: string): boolean {
  const [wanted, name] = [hostName(pattern), hostName(host)];
  if (!wanted.startsWith('*.')) return wanted === name;
  const dot = name.indexOf('.');
  return dot > 0 && name.slice(dot) === wanted.slice(1);
}

/** Lower case, in ASCII, without a trailing dot. */
function hostName(text: string): string {
  const plain = text.toLowerCase().replace(/\.$/, '');
  return /[^\x20-\x7e]/.test(plain) ? domainToASCII(plain) || plain : plain;
}
