import { isDeepStrictEqual } from 'node:util';
import type { EdgeConfig } from './config-schema.ts';

/** What is opened or decided once, when the gateway starts. */
const ONCE = [
  'listen',
  'upstream',
  'outbound',
  'submission',
  'resolver',
  'data',
  'log',
  'metrics',
  'workers',
  'user',
] as const satisfies readonly (keyof EdgeConfig)[];

/** The settings that changed and that a reload cannot bring into force. */
export function restartOnly(before: EdgeConfig, after: EdgeConfig): string[] {
  const changed: string[] = ONCE.filter((name) => !isDeepStrictEqual(before[name], after[name]));
  if (!isDeepStrictEqual(before.recipients.ldap, after.recipients.ldap)) changed.push('recipients.ldap');
  return changed;
}
