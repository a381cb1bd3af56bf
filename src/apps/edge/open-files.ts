import { readFileSync } from 'node:fs';

/** Descriptors where the limit cannot be read. */
const UNKNOWN = 4_096;

/** Descriptors this process may have open: each session needs one, and a process that runs out cannot even say that it is busy. */
export function openFilesMost(): number {
  try {
    const limit = /^Max open files\s+\d+\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    if (limit === 'unlimited') return Number.MAX_SAFE_INTEGER;
    return Number(limit ?? UNKNOWN);
  } catch {
    return UNKNOWN;
  }
}
