import type { CommandEntry } from './command.ts';

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['mailward demo', "an attacker's first day, on this machine alone"],
  ['mailward scan example.com', 'what a stranger learns about a mail domain'],
  ['mailward scan mx.example.com:25 --json', 'one server, no DNS, for a program to read'],
  ['mailward ndr bounce.eml', 'what a bounce or any header gives away'],
];

/** The text of `mailward --help`: examples first, then every command with its one line. */
export function topHelp(entries: readonly CommandEntry[]): string {
  const examples = columns(EXAMPLES);
  const commands = columns(entries.map((entry) => [entry.name, entry.summary] as const));
  return [
    'mailward: see what an attacker sees of a mail server, stop what he does, and prove it.',
    '',
    'Examples:',
    ...examples,
    '',
    'Commands:',
    ...commands,
    '',
    'mailward COMMAND --help shows the examples and options of a command.',
    '',
  ].join('\n');
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
