import { statfs } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Census } from '../../edge/filter.ts';
import {
  NO_PRESSURE,
  type Pressure,
  type PressureBounds,
  type PressureChange,
  type PressureLevel,
  type PressureReadings,
  weigh,
  worst,
} from '../../edge/pressure.ts';
import type { HandOnTimes } from './hand-on-times.ts';

export interface GaugeSettings {
  /** Read at every look: a reload changes them. */
  readonly bounds: () => PressureBounds;
  readonly limits: () => { readonly sessions: number; readonly memory: number };
  readonly census: Census;
  readonly handOns: HandOnTimes;
  /** The folder whose disk is watched. */
  readonly data: string;
  readonly changed: (change: PressureChange, level: PressureLevel) => void;
}

export interface PressureGauge extends Pressure {
  paused: boolean;
  /** The last look. */
  readonly readings: PressureReadings;
  /** Looks at all signals; to be called about once a second. */
  look(): void;
  close(): void;
}

/** Looks between two of the disk. */
const DISK_EVERY = 2;
/** A disk with this much left is under no pressure, however small a part of it that is. Bytes. */
const DISK_PLENTY = 5 * 1_073_741_824;
/** Milliseconds between two ticks of the timer that measures the loop. */
const RESOLUTION = 20;
const NANOSECONDS = 1_000_000;

/** Measures what the process and what it depends on can still take. */
export function openGauge(settings: GaugeSettings): PressureGauge {
  const loop = monitorEventLoopDelay({ resolution: RESOLUTION });
  loop.enable();
  let state = NO_PRESSURE;
  let level: PressureLevel = 'normal';
  let readings: PressureReadings = { loopDelay: 0, heap: 0, buffers: 0, places: 0, upstream: 0, disk: null };
  let disk: number | null = null;
  let looks = 0;
  let watching = false;
  /** A disk that does not answer is asked once, or the questions would take all threads that others need. */
  const watchDisk = async (): Promise<void> => {
    if (watching) return;
    watching = true;
    disk = await diskUse(settings.data);
    watching = false;
  };
  return {
    paused: false,
    get level() {
      return level;
    },
    get readings() {
      return readings;
    },
    look() {
      if (looks++ % DISK_EVERY === 0) void watchDisk();
      const { sessions, memory } = settings.limits();
      const { used_heap_size: used, heap_size_limit: most } = getHeapStatistics();
      readings = {
        // The timer itself comes after its resolution; only what is beyond it is delay. NaN where it never came.
        loopDelay: Math.max(0, (loop.mean || 0) / NANOSECONDS - RESOLUTION),
        heap: used / most,
        buffers: process.memoryUsage().arrayBuffers / memory,
        places: settings.census.all / sessions,
        upstream: settings.handOns.median,
        disk,
      };
      loop.reset();
      const weighed = weigh(state, readings, settings.bounds());
      state = weighed.state;
      level = worst(state);
      for (const change of weighed.changes) settings.changed(change, level);
    },
    close: () => void loop.disable(),
  };
}

/** The part of the disk that is used; null if that cannot be told. */
async function diskUse(folder: string): Promise<number | null> {
  try {
    const { bsize, blocks, bavail } = await statfs(folder);
    const free = bavail * bsize;
    return blocks === 0 || free > DISK_PLENTY ? 0 : 1 - bavail / blocks;
  } catch {
    return null;
  }
}
