import { PassThrough } from 'node:stream';
import { commandEntries } from '../src/apps/cli/commands/index.ts';
import { topHelp } from '../src/apps/cli/help.ts';
import type { Io } from '../src/apps/cli/io.ts';
import { systemClock } from '../src/net/clock.ts';

/** Columns of a page, where the help of a command is as wide as the terminal. */
const WIDTH = 100;

/** The page of all commands, in Markdown: what each prints for `--help`. */
export async function commandsPage(): Promise<string> {
  const sections: string[] = [];
  for (const { name, load } of commandEntries) {
    const command = (await load()).build(nowhere(), () => undefined, commandEntries);
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => WIDTH }).outputHelp();
    sections.push(`## mailward ${name}\n\n${fenced(help)}\n`);
  }
  return `# Commands

What \`mailward --help\` and each command's \`--help\` say. This page is written by \`node scripts/generate-docs.ts\` from the commands
themselves. Exit codes: 0 done, nothing at or above \`--fail-on\`; 1 done, something is; 2 the call or a configuration is wrong; 3 it could
not be done.

${fenced(topHelp(commandEntries))}

${sections.join('\n')}`;
}

const fenced = (text: string): string => `\`\`\`text\n${text.trim().replaceAll(/[ \t]+$/gm, '')}\n\`\`\``;

function nowhere(): Io {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  return { stdin, stdout, stderr, env: {}, clock: systemClock, signal: new AbortController().signal };
}
