import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nextInput, random } from './mutate.ts';
import { type FuzzTarget, SLOW_MS } from './target.ts';

export interface Crash {
  readonly target: string;
  readonly input: Uint8Array;
  readonly because: string;
}

const CRASHERS = join(import.meta.dirname, 'crashers');

/** Every target of the modules beside this one. */
export async function loadTargets(): Promise<readonly FuzzTarget[]> {
  const targets: FuzzTarget[] = [];
  for (const file of readdirSync(import.meta.dirname).sort()) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
    if (['run.ts', 'mutate.ts', 'attempt.ts', 'target.ts'].includes(file)) continue;
    const module = (await import(join(import.meta.dirname, file))) as { targets?: readonly FuzzTarget[] };
    targets.push(...(module.targets ?? []));
  }
  return targets;
}

/** Inputs that broke a target once, kept so that they are tried first for ever. */
export function crashers(name: string): readonly Uint8Array[] {
  const folder = join(CRASHERS, name);
  return existsSync(folder) ? readdirSync(folder).map((file) => Uint8Array.from(readFileSync(join(folder, file)))) : [];
}

/** Runs a target on one input. Slow counts only if it is slow three times: the machine may have looked away. */
export function attempt(target: FuzzTarget, input: Uint8Array): Crash | undefined {
  const crash = (because: string): Crash => ({ target: target.name, input, because });
  let quickest = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 3; turn += 1) {
    const start = performance.now();
    try {
      target.run(input);
    } catch (thrown) {
      return crash(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
    }
    quickest = Math.min(quickest, performance.now() - start);
    if (quickest <= SLOW_MS) return undefined;
  }
  return crash(`took ${quickest.toFixed(0)} ms for ${input.length} bytes`);
}

export interface Pass {
  readonly inputs: number;
  readonly crash: Crash | undefined;
}

/** Tries kept crashers, seeds, then new inputs until `enough` says so or one crashes the target. */
export function fuzz(target: FuzzTarget, seed: number, enough: (inputs: number) => boolean): Pass {
  const chance = random(seed);
  let inputs = 0;
  for (const input of [...crashers(target.name), ...target.seeds]) {
    inputs += 1;
    const crash = attempt(target, input);
    if (crash !== undefined) return { inputs, crash };
  }
  while (!enough(inputs)) {
    inputs += 1;
    const crash = attempt(target, nextInput(target, chance));
    if (crash !== undefined) return { inputs, crash };
  }
  return { inputs, crash: undefined };
}

/** Keeps what broke a target and returns its path. */
export function keep({ target, input }: Crash): string {
  const folder = join(CRASHERS, target);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, createHash('sha256').update(input).digest('hex').slice(0, 16));
  writeFileSync(path, input);
  return path;
}
