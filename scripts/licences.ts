/** Fails if a package that ships with mailward has a licence that does not allow it. Reads what `npm ci` has installed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ALLOWED = new Set([
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'MIT-0',
  'CC0-1.0',
  'Unlicense',
]);
/** Looked at by hand: the name, and the licence it had then. */
const EXCEPTIONS: Readonly<Record<string, string>> = { '7z-wasm': 'SEE LICENSE IN LICENSE.txt' };

interface LockEntry {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

const root = join(import.meta.dirname, '..');
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, LockEntry>;
};
const refused: string[] = [];
let counted = 0;
for (const [path, entry] of Object.entries(lock.packages)) {
  const file = join(root, path, 'package.json');
  if (path === '' || entry.dev === true || !existsSync(file)) continue;
  const { name, license } = JSON.parse(readFileSync(file, 'utf8')) as { name: string; license?: unknown };
  const terms = typeof license === 'string' ? license : JSON.stringify(license ?? 'none');
  const choices = terms.replaceAll(/[()]/g, '').split(' OR ');
  counted += 1;
  if (!choices.some((one) => ALLOWED.has(one)) && EXCEPTIONS[name] !== terms) refused.push(`${name}: ${terms}`);
}
console.log(`${counted} packages ship with mailward`);
if (refused.length > 0) {
  console.error(`licences to look at:\n${refused.join('\n')}`);
  process.exitCode = 1;
}
