import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder that holds mailward's state: `--data`, `$MAILWARD_DATA`, or the XDG state folder. Not created here. */
export function dataFolder(option: string | undefined, env: Readonly<Record<string, string | undefined>>): string {
  if (option !== undefined) return option;
  if (env['MAILWARD_DATA']) return env['MAILWARD_DATA'];
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'mailward');
}
