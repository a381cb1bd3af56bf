/**
 * Throws mutated and made-up bytes at every parser of a stranger's bytes.
 *
 *     node test/fuzz/run.ts --seconds 60 [--only NAME] [--seed N] [--budget SECONDS]
 *
 * Each target gets `--seconds`; if all together would exceed `--budget` of wall time, those that are not `whole` get less. What breaks one
 * is kept in `test/fuzz/crashers/NAME/` and fails the run. Two processes share the targets.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { fuzz, keep, loadTargets } from './attempt.ts';
import type { FuzzTarget } from './target.ts';

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
const seconds = Number(values.seconds);
const targets = (await loadTargets()).filter(({ name }) => values.only === undefined || name === values.only);
const shares = plan(targets, seconds, Number(values.budget ?? Number.POSITIVE_INFINITY));

if (targets.length === 0) {
  console.error(`no fuzz target${values.only === undefined ? '' : ` is called ${values.only}`}`);
  process.exitCode = values.only === undefined ? 0 : 2;
} else if (values.share === undefined) {
  console.log(`seed ${seed}, ${targets.length} targets`);
  const ended = shares.map(async (_, share) => {
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
  if ((await Promise.all(ended)).includes(false)) process.exitCode = 1;
} else {
  for (const { target, time } of shares[Number(values.share)] ?? []) {
    const until = performance.now() + time * 1000;
    const { inputs, crash } = fuzz(target, seed, () => performance.now() > until);
    const told = crash === undefined ? 'none broke it' : 'BROKEN';
    console.log(`${target.name}: ${inputs} inputs in ${time.toFixed(0)} s, ${told}`);
    if (crash === undefined) continue;
    console.error(`${keep(crash)}\n${crash.because}`);
    process.exitCode = 1;
  }
}

interface Turn {
  readonly target: FuzzTarget;
  /** Seconds. */
  readonly time: number;
}

/** What each process tries, and how long: whole targets have all of `most`, the others what is left of the budget. */
function plan(all: readonly FuzzTarget[], most: number, budget: number): readonly (readonly Turn[])[] {
  const whole = all.filter((target) => target.whole === true).length;
  const left = (budget * PROCESSES - whole * most) / Math.max(1, all.length - whole);
  const time = (target: FuzzTarget) => (target.whole === true ? most : Math.max(1, Math.min(most, left)));
  const processes = Array.from({ length: PROCESSES }, (): Turn[] => []);
  const length = (turns: readonly Turn[]) => turns.reduce((sum, turn) => sum + turn.time, 0);
  for (const turn of all.map((target) => ({ target, time: time(target) })).sort((a, b) => b.time - a.time))
    processes.sort((a, b) => length(a) - length(b))[0]?.push(turn);
  return processes.filter((turns) => turns.length > 0);
}
