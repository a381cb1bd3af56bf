/**
 * Throws mutated and made-up bytes at every parser of a stranger's bytes.
 *
 *     node test/fuzz/run.ts --seconds 60 [--only NAME] [--seed N] [--budget SECONDS]
 *
 * Each target gets `--seconds`, less if all together would exceed `--budget` of wall time. What breaks one is kept in
 * `test/fuzz/crashers/NAME/` and fails the run. Two processes share the targets.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { fuzz, keep, loadTargets } from './attempt.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    budget: { type: 'string' },
    only: { type: 'string' },
    seed: { type: 'string' },
    share: { type: 'string' },
  },
});

const PROCESSES = 2;
const seed = Number(values.seed ?? Date.now() % 1_000_000_007);
const targets = (await loadTargets()).filter(({ name }) => values.only === undefined || name === values.only);
const most =
  values.budget === undefined ? Number.POSITIVE_INFINITY : (Number(values.budget) * PROCESSES) / targets.length;
const seconds = Math.min(Number(values.seconds), most);

if (targets.length === 0) {
  console.error(`no fuzz target${values.only === undefined ? '' : ` is called ${values.only}`}`);
  process.exitCode = values.only === undefined ? 0 : 2;
} else if (values.share === undefined) {
  console.log(`seed ${seed}, ${targets.length} targets, ${seconds.toFixed(0)} s each`);
  const shares = Array.from({ length: Math.min(PROCESSES, targets.length) }, async (_, share) => {
    const child = fork(import.meta.filename, [
      ...process.argv.slice(2),
      '--seed',
      String(seed),
      '--share',
      String(share),
    ]);
    const [status] = await once(child, 'exit');
    return status === 0;
  });
  if ((await Promise.all(shares)).includes(false)) process.exitCode = 1;
} else {
  for (const target of targets.filter((_, index) => index % PROCESSES === Number(values.share))) {
    const until = performance.now() + seconds * 1000;
    const { inputs, crash } = fuzz(target, seed, () => performance.now() > until);
    console.log(`${target.name}: ${inputs} inputs, ${crash === undefined ? 'none broke it' : 'BROKEN'}`);
    if (crash === undefined) continue;
    console.error(`${keep(crash)}\n${crash.because}`);
    process.exitCode = 1;
  }
}
