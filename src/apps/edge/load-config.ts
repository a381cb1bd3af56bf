import { readFileSync } from 'node:fs';
import { checkFiles } from './check-files.ts';
import { placeOf, readConfig } from './config-read.ts';
import type { EdgeConfig } from './config-schema.ts';

/** The configuration in a file, or what is wrong with it, one fault a line. */
export function loadConfig(file: string): EdgeConfig | string {
  const text = textOf(file);
  if ('fault' in text) return text.fault;
  const read = readConfig(text.text, file);
  return 'faults' in read ? read.faults.join('\n') : read;
}

/** What is wrong with the files that a configuration names, one fault a line, each with the place of the setting that names it. */
export function faultsOfFiles(config: EdgeConfig, file: string, now: number): string[] {
  const text = textOf(file);
  if ('fault' in text) return [text.fault];
  return checkFiles(config, now).map(({ path, message }) => `${placeOf(text.text, file, path)} ${message}`);
}

function textOf(file: string): { readonly text: string } | { readonly fault: string } {
  try {
    return { text: readFileSync(file, 'utf8') };
  } catch (fault) {
    return { fault: `${file} cannot be read: ${fault instanceof Error ? fault.message : String(fault)}` };
  }
}
