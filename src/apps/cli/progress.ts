import type { Clock } from '../../net/clock.ts';
import { clipped } from '../../report/columns.ts';
import type { Io } from './io.ts';

/** A line on the terminal that says how far a long run is. Whoever prints something else clears it first. */
export interface Progress {
  began(name: string): void;
  ended(): void;
  clear(): void;
}

/** Milliseconds between two drawings, so that a fast run is not slowed by its own report. */
const REDRAW_MS = 100;
const CLEAR = '\r\x1b[2K';

/** Draws on `stream`: `12 done, 3 under way (example.com), 41 s`. It never ends a line, and leaves nothing behind once cleared. */
export function drawnProgress(stream: Io['stderr'], clock: Clock): Progress {
  const start = clock.monotonic();
  let drawn = Number.NEGATIVE_INFINITY;
  let [begun, done] = [0, 0];
  let latest = '';
  let shown = false;

  function draw(): void {
    const now = clock.monotonic();
    if (shown && now - drawn < REDRAW_MS) return;
    drawn = now;
    shown = true;
    const seconds = Math.round((now - start) / 1000);
    const words =
      begun === 1 ? `looking at ${latest} …` : `${done} done, ${begun - done} under way (${latest}), ${seconds} s`;
    stream.write(CLEAR + clipped(words, (stream.columns ?? 80) - 1));
  }

  return {
    began(name) {
      begun++;
      latest = name;
      draw();
    },
    ended() {
      done++;
      if (done < begun) draw();
    },
    clear() {
      if (shown) stream.write(CLEAR);
      shown = false;
    },
  };
}

/** For pipes, `--quiet` and dumb terminals. */
export const silentProgress: Progress = { began() {}, ended() {}, clear() {} };
