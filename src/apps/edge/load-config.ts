import { readFileSync } from 'node:fs';
import { readConfig } from './config-read.ts';
import type { EdgeConfig } from './config-schema.ts';

/** The configuration in a file, or what is wrong with it, one fault a line. */
export function loadConfig(file: string): EdgeConfig | string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (fault) {
    return `${file} cannot be read: ${fault instanceof Error ? fault.message : String(fault)}`;
  }
  const read = readConfig(text, file);
  return 'faults' in read ? read.faults.join('\n') : read;
}
