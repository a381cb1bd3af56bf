import type { Command } from 'commander';
import { filters } from '../../../edge/filters/index.ts';
import { scrubs } from '../../../edge/scrubs/index.ts';
import type { Rule } from '../../../finding/rule.ts';
import { checks } from '../../../scan/checks/index.ts';
import { newCommand } from '../command.ts';
import { DATA_OPTION } from '../data-folder.ts';
import { EXIT, type ExitCode, type Io, UsageError, write, writeJson } from '../io.ts';

/** Every rule that a scan or the gateway can say, in the order of the lists. */
export const allRules: readonly Rule[] = [...checks, ...filters, ...scrubs].flatMap(
  ({ rules }): readonly Rule[] => rules,
);

/** `mailward rules`. */
export function build(io: Io, done: (code: ExitCode) => void): Command {
  return newCommand('rules', 'Lists the rules, or explains one: why it matters and what to change.', [
    ['mailward rules', 'one line a rule'],
    ['mailward rules spf/missing', 'one rule, with its remedy'],
    ['mailward rules --json', 'all of them, one JSON object a line'],
  ])
    .argument('[id]', 'a rule')
    .option('--json', 'print JSON')
    .option(...DATA_OPTION)
    .action(async (id: string | undefined, options: { json?: boolean }) => {
      const chosen = id === undefined ? allRules : allRules.filter((rule) => rule.id === id);
      if (chosen.length === 0)
        throw new UsageError(`there is no rule ${JSON.stringify(id)}; mailward rules lists them`);
      const width = Math.max(...chosen.map((rule) => rule.id.length));
      for (const rule of chosen) {
        if (options.json) await writeJson(io, { schema: 'mailward/rule/1', ...rule });
        else if (id === undefined)
          await write(io.stdout, `${rule.id.padEnd(width)}  ${rule.severity.padEnd(8)}  ${rule.title}\n`);
        else await write(io.stdout, explain(rule));
      }
      done(EXIT.fine);
    });
}

function explain({ id, severity, title, why, remedy, references, threat }: Rule): string {
  const remedies = remedy.map(({ platform, text, config }) => {
    const pasted = config === undefined ? '' : `\n${config.replace(/^/gm, '      ')}`;
    return `  ${platform === '*' ? 'Any' : platform}: ${text}${pasted}`;
  });
  return `${title}\n${id} · ${severity} · ${threat}\n\n${why}\n\nWhat to change:\n${remedies.join('\n')}\n\nSee ${references.join(', ')}\n`;
}
