import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Rule } from '../src/finding/rule.ts';

/** A rule and the part of mailward that says it. */
export interface ListedRule {
  readonly part: string;
  readonly rule: Rule;
}

const LISTS: Readonly<Record<string, readonly string[]>> = {
  scan: ['src/scan/checks/index.ts'],
  edge: ['src/edge/filters/index.ts', 'src/edge/scrubs/index.ts'],
  host: ['src/host/checks/index.ts'],
};

/** Every rule of the ordered lists, in their order. Lists that do not exist yet hold none. */
export async function listedRules(): Promise<readonly ListedRule[]> {
  const found: ListedRule[] = [];
  // A second list of a folder, for some occasion, holds items of the first.
  const seen = new Set<object>();
  for (const [part, path] of Object.entries(LISTS).flatMap(([part, paths]) =>
    paths.map((path) => [part, path] as const),
  )) {
    const file = join(import.meta.dirname, '..', path);
    if (!existsSync(file)) continue;
    const module = (await import(file)) as Record<string, unknown>;
    for (const list of Object.values(module)) {
      if (!Array.isArray(list)) continue;
      for (const item of list as { rules?: readonly Rule[] }[]) {
        if (seen.has(item)) continue;
        seen.add(item);
        for (const rule of item.rules ?? []) found.push({ part, rule });
      }
    }
  }
  return found;
}
