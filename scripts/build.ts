/**
 * Compiles `src` into `dist` and copies the data files that stand beside the code (knowledge, personas, zones). It is made beside and takes
 * the place of the old one when it is whole: what does not compile leaves the program as it was.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const made = join(root, `dist.${process.pid}`);
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript7/package.json')), 'bin', 'tsc');

try {
  const compiled = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', made], {
    stdio: 'inherit',
  });
  if (compiled.status !== 0) process.exitCode = compiled.status ?? 1;
  else {
    cpSync(join(root, 'src'), made, { recursive: true, filter: (path) => !path.endsWith('.ts') });
    rmSync(dist, { recursive: true, force: true });
    renameSync(made, dist);
  }
} finally {
  rmSync(made, { recursive: true, force: true });
}
