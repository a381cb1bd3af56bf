import type { CommandEntry } from '../command.ts';

/** Every command, in the order of `mailward --help`. */
export const commandEntries: readonly CommandEntry[] = [
  { name: 'demo', summary: 'replay an attack on a practice range on this machine', load: () => import('./demo.ts') },
  {
    name: 'scan',
    summary: 'see what a stranger learns about a mail domain or server',
    load: () => import('./scan.ts'),
  },
  { name: 'report', summary: 'print a stored scan, or judge it anew', load: () => import('./report.ts') },
  {
    name: 'identify',
    summary: 'name the product behind greetings, headers and dialogues',
    load: () => import('./identify.ts'),
  },
  { name: 'vulns', summary: 'list the known holes of a product and version', load: () => import('./vulns.ts') },
  {
    name: 'ndr',
    summary: 'read bounces and headers: what happened, what they give away',
    load: () => import('./ndr.ts'),
  },
  { name: 'edge', summary: 'run a gateway in front of a mail server', load: () => import('./edge.ts') },
  {
    name: 'trace',
    summary: "find what became of a message in the edge's log",
    load: () => import('./trace.ts'),
  },
  {
    name: 'drill',
    summary: 'play harmless attacks against your own server',
    load: () => import('./drill.ts'),
  },
  { name: 'update', summary: 'refresh the knowledge from the public feeds', load: () => import('./update.ts') },
  { name: 'rules', summary: 'list the rules, or explain one', load: () => import('./rules.ts') },
  { name: 'completion', summary: 'print the completion script of a shell', load: () => import('./completion.ts') },
  { name: 'version', summary: 'print the version', load: () => import('./version.ts') },
];

export function findEntry(name: string): CommandEntry | undefined {
  return commandEntries.find((entry) => entry.name === name);
}

/** The command that was probably meant, if one is within two typing errors. */
export function nearestCommand(word: string): string | undefined {
  const ranked = commandEntries
    .map((entry) => ({ name: entry.name, distance: editDistance(word.slice(0, 20), entry.name) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= 2 ? best.name : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
