import { Argument } from 'commander';
import { type CommandEntry, newCommand } from '../command.ts';
import { DATA_OPTION } from '../data-folder.ts';
import { EXIT, type ExitCode, type Io, write } from '../io.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** `mailward completion`: a static script, drawn from the commands' own options. */
export function build(io: Io, done: (code: ExitCode) => void, all: readonly CommandEntry[]) {
  return newCommand('completion', 'Prints the completion script of a shell.', [
    ['mailward completion bash > /etc/bash_completion.d/mailward', 'for everyone on this machine'],
    ['mailward completion fish > ~/.config/fish/completions/mailward.fish', 'for oneself, in fish'],
  ])
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .option(...DATA_OPTION)
    .action(async (shell: Shell) => {
      await write(io.stdout, script(shell, all, await optionsByCommand(io, all)));
      done(EXIT.fine);
    });
}

/** Long options of every command. */
async function optionsByCommand(io: Io, all: readonly CommandEntry[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const { name, load } of all) {
    const { options } = (await load()).build(io, () => undefined, all);
    found.set(name, ['--help', ...options.flatMap((option) => option.long ?? [])]);
  }
  return found;
}

function script(shell: Shell, all: readonly CommandEntry[], options: ReadonlyMap<string, readonly string[]>): string {
  const names = [...options.keys()].join(' ');
  if (shell === 'fish') {
    const commands = all.map(
      ({ name, summary }) =>
        `complete -c mailward -n __fish_use_subcommand -f -a ${name} -d '${summary.replaceAll("'", "\\'")}'`,
    );
    const flags = [...options].flatMap(([name, words]) =>
      words.map((word) => `complete -c mailward -n '__fish_seen_subcommand_from ${name}' -l ${word.slice(2)}`),
    );
    return [...commands, ...flags, ''].join('\n');
  }
  const cases = [...options].map(([name, words]) => `    ${name}) words="${words.join(' ')}" ;;`).join('\n');
  const bash = `_mailward() {
  local words current="\${COMP_WORDS[COMP_CWORD]}"
  case "\${COMP_WORDS[1]}" in
${cases}
    *) words="${names}" ;;
  esac
  [ "$COMP_CWORD" -eq 1 ] && words="${names}"
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _mailward mailward
`;
  return shell === 'bash' ? bash : `autoload -U +X bashcompinit && bashcompinit\n${bash}`;
}
