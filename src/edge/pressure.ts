/** How much the edge can still take. The worst signal decides. */
export const PRESSURE_LEVELS = ['normal', 'high', 'full'] as const;
export type PressureLevel = (typeof PRESSURE_LEVELS)[number];

/** What is measured; the higher the value, the worse. Milliseconds, or parts of a whole. */
export const PRESSURE_SIGNALS = ['loopDelay', 'heap', 'buffers', 'places', 'upstream', 'disk'] as const;
export type PressureSignal = (typeof PRESSURE_SIGNALS)[number];

/** Those that are times; the others are parts of a whole. */
export const IN_MILLISECONDS: ReadonlySet<PressureSignal> = new Set(['loopDelay', 'upstream']);

/** The values above which a signal is high, and full. */
export interface PressureBound {
  readonly high: number;
  readonly full: number;
}
export type PressureBounds = Readonly<Record<PressureSignal, PressureBound>>;

/** Null: it could not be measured, which changes nothing. */
export type PressureReadings = Readonly<Record<PressureSignal, number | null>>;

/** What filters see of it. It is of this process alone. */
export interface Pressure {
  readonly level: PressureLevel;
  /** The operator wants no new connections. */
  readonly paused: boolean;
}

export const DEFAULT_PRESSURE: PressureBounds = {
  // A loop that comes round 50 ms late answers honest peers noticeably late; at 200 ms it is thrashing.
  loopDelay: { high: 50, full: 200 },
  // Above 85 % the collector takes most of the CPU; there must be room for the messages in hand.
  heap: { high: 0.7, full: 0.85 },
  // Of limits.memory: the last part is for messages whose reading has begun.
  buffers: { high: 0.7, full: 0.85 },
  // Of limits.sessions: the last fifth is for peers that are known.
  places: { high: 0.8, full: 0.95 },
  // Nobody's message waits in a queue here, so the upstream's slowness is the sender's.
  upstream: { high: 5_000, full: 20_000 },
  disk: { high: 0.9, full: 0.97 },
};

/** Looks in a row at which a signal must be worse until that is believed: one hiccup of the machine is no pressure. */
const RISE_AFTER: Readonly<Record<PressureSignal, number>> = {
  loopDelay: 3,
  heap: 1,
  buffers: 1,
  places: 1,
  upstream: 3,
  disk: 1,
};
/** Looks in a row at which it must be better, or peers would be sent away and called back every second. */
const FALL_AFTER = 5;
/** A level is left at this part of the bound by which it was reached. */
const EASE = 0.95;

interface SignalState {
  readonly level: PressureLevel;
  readonly worse: number;
  readonly better: number;
}
export type PressureState = Readonly<Record<PressureSignal, SignalState>>;

/** A signal that reached another level. */
export interface PressureChange {
  readonly signal: PressureSignal;
  readonly from: PressureLevel;
  readonly to: PressureLevel;
  readonly value: number;
}

const CALM: SignalState = { level: 'normal', worse: 0, better: 0 };

export const NO_PRESSURE: PressureState = {
  loopDelay: CALM,
  heap: CALM,
  buffers: CALM,
  places: CALM,
  upstream: CALM,
  disk: CALM,
};

/** What one look at all signals makes of the state. Pure: the same readings give the same levels. */
export function weigh(
  state: PressureState,
  readings: PressureReadings,
  bounds: PressureBounds,
): { readonly state: PressureState; readonly changes: readonly PressureChange[] } {
  const next: Record<PressureSignal, SignalState> = { ...state };
  const changes: PressureChange[] = [];
  for (const signal of PRESSURE_SIGNALS) {
    const value = readings[signal];
    if (value === null) continue;
    const before = state[signal];
    next[signal] = step(before, value, bounds[signal], RISE_AFTER[signal]);
    if (next[signal].level !== before.level)
      changes.push({ signal, from: before.level, to: next[signal].level, value });
  }
  return { state: next, changes };
}

/** The worst level of all signals. */
export function worst(state: PressureState): PressureLevel {
  return PRESSURE_SIGNALS.reduce<PressureLevel>(
    (level, signal) => (rank(state[signal].level) > rank(level) ? state[signal].level : level),
    'normal',
  );
}

function step(before: SignalState, value: number, bound: PressureBound, riseAfter: number): SignalState {
  const risen = levelAt(value, bound, 1);
  if (rank(risen) > rank(before.level)) {
    return before.worse + 1 >= riseAfter
      ? { level: risen, worse: 0, better: 0 }
      : { level: before.level, worse: before.worse + 1, better: 0 };
  }
  const eased = levelAt(value, bound, EASE);
  if (rank(eased) < rank(before.level)) {
    return before.better + 1 >= FALL_AFTER
      ? { level: eased, worse: 0, better: 0 }
      : { level: before.level, worse: 0, better: before.better + 1 };
  }
  return { level: before.level, worse: 0, better: 0 };
}

function levelAt(value: number, bound: PressureBound, part: number): PressureLevel {
  if (value > bound.full * part) return 'full';
  return value > bound.high * part ? 'high' : 'normal';
}

const rank = (level: PressureLevel): number => PRESSURE_LEVELS.indexOf(level);
