import { readdirSync, readFileSync } from 'node:fs';

/** What a process and all its children have used so far. */
export interface Use {
  /** Seconds of CPU, children that have ended and were waited for included. */
  readonly cpu: number;
  /** MB, shared pages split among those who share them. */
  readonly memory: number;
  /** MB of that which no other program can change by coming or going: without pages of files, such as those of Node itself. */
  readonly own: number;
  readonly processes: number;
}

/** Ticks a second in /proc (sysconf(_SC_CLK_TCK) is 100 on Linux). */
const TICKS = 100;

interface Line {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

function processes(): Line[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
      return [{ pid: Number(name), parent: Number(fields[1]), ticks }];
    } catch {
      return [];
    }
  });
}

/** A process and all that descend from it. */
function family(root: number): Line[] {
  const all = processes();
  const wanted = new Set([root]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const { pid, parent } of all) {
      if (!wanted.has(parent) || wanted.has(pid)) continue;
      wanted.add(pid);
      grown = true;
    }
  }
  return all.filter(({ pid }) => wanted.has(pid));
}

/** The numbers of a process and all that descend from it. */
export const treeOf = (root: number): readonly number[] => family(root).map(({ pid }) => pid);

/** Sums a process and all that descend from it. */
export function useOf(root: number): Use {
  const mine = family(root);
  return {
    cpu: mine.reduce((sum, { ticks }) => sum + ticks, 0) / TICKS,
    memory: mine.reduce((sum, { pid }) => sum + memoryOf(pid, 'Pss'), 0),
    own: mine.reduce((sum, { pid }) => sum + memoryOf(pid, 'Pss_Anon'), 0),
    processes: mine.length,
  };
}

function memoryOf(pid: number, kind: 'Pss' | 'Pss_Anon'): number {
  try {
    return (
      Number(new RegExp(`^${kind}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) /
      1024
    );
  } catch {
    return 0;
  }
}

/** The first process whose command line holds a text. */
export function processWith(text: string): number {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text)) return Number(name);
    } catch {
      // Ended meanwhile.
    }
  }
  throw new Error(`no process has ${text} in its command line`);
}
