import { readFileSync } from 'node:fs';
import { adviceOfFiles, checkFiles, type FileFault } from './check-files.ts';
import { placeOf, readConfig } from './config-read.ts';
import type { EdgeConfig } from './config-schema.ts';
import { whyUnreadable } from './why-unreadable.ts';

/** The configuration in a file, or what is wrong with it, one fault a line. */
export function loadConfig(file: string): EdgeConfig | string {
  const text = textOf(file);
  if ('fault' in text) return text.fault;
  const read = readConfig(text.text, file);
  return 'faults' in read ? read.faults.join('\n') : read;
}

/** What is wrong with the files that a configuration names, or should not stay so: a line each, with the place of the setting that names it. */
export function judgeFiles(
  config: EdgeConfig,
  file: string,
  now: number,
): { readonly faults: readonly string[]; readonly advice: readonly string[] } {
  const text = textOf(file);
  if ('fault' in text) return { faults: [text.fault], advice: [] };
  const lines = (all: readonly FileFault[]) =>
    all.map(({ path, message }) => `${placeOf(text.text, file, path)} ${message}`);
  return { faults: lines(checkFiles(config, now)), advice: lines(adviceOfFiles(config)) };
}

function textOf(file: string): { readonly text: string } | { readonly fault: string } {
  try {
    return { text: readFileSync(file, 'utf8') };
  } catch (fault) {
    return { fault: `${file} cannot be read: ${whyUnreadable(fault)}` };
  }
}
