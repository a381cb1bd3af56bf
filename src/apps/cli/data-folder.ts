import { homedir } from 'node:os';
import { join } from 'node:path';

/** Every command takes it: even one that keeps nothing judges by the updates that are kept there. */
export const DATA_OPTION = [
  '--data <DIR>',
  "where scans and updates are kept (else $MAILWARD_DATA, else the user's state folder)",
] as const;

/** The folder that holds mailward's state: `--data`, `$MAILWARD_DATA`, or the XDG state folder. Not created here. */
export function dataFolder(option: string | undefined, env: Readonly<Record<string, string | undefined>>): string {
  if (option !== undefined) return option;
  if (env['MAILWARD_DATA']) return env['MAILWARD_DATA'];
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'mailward');
}
