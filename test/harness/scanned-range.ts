import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PracticeRange, startPracticeRange } from '../../src/apps/demo/practice-range.ts';
import { systemClock } from '../../src/net/clock.ts';

/** The practice range, the words of a call that reach it, and a data folder of its own. */
export interface ScannedRange extends AsyncDisposable {
  readonly range: PracticeRange;
  /** `--resolver …` and one `--connect …` a server. */
  readonly reach: readonly string[];
  readonly data: string;
  /** Ends the range before its time; from then on nobody answers. */
  stop(): Promise<void>;
}

export async function scannedRange(): Promise<ScannedRange> {
  const range = await startPracticeRange(systemClock);
  const data = mkdtempSync(join(tmpdir(), 'mailward-scan-'));
  const pins = [...range.pins].flatMap(([name, { address, port }]) => ['--connect', `${name}=${address}:${port}`]);
  let stopped: Promise<void> | null = null;
  const stop = () => {
    stopped ??= range.close();
    return stopped;
  };
  return {
    range,
    stop,
    reach: ['--resolver', `${range.dns.address}:${range.dns.port}`, '--timeout', '10', ...pins],
    data,
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}
