import { visible } from '../../report/escape.ts';
import { paintBox } from '../../report/paint.ts';
import { askControl } from '../edge/control-socket.ts';
import type { EdgeStatus, SessionView } from '../edge/status.ts';
import { sessionsText, statusText } from '../edge/status-text.ts';
import { CannotError, EXIT, type ExitCode, type Io, write, writeJson } from './io.ts';
import { styleOf } from './style.ts';

/** What a running gateway can be asked to tell or do. */
export const EDGE_ACTIONS = ['status', 'sessions', 'pause', 'resume', 'drain'] as const;
export type EdgeAction = (typeof EDGE_ACTIONS)[number];

/** Asks the gateway whose folder it is, and prints what it answers. */
export async function operate(action: EdgeAction, data: string, json: boolean, io: Io): Promise<ExitCode> {
  const answer = await ask(action, data);
  const { colour, width } = styleOf(io);
  const paint = paintBox(colour);
  if (action === 'sessions') {
    const sessions = answer as readonly SessionView[];
    if (json) for (const session of sessions) await writeJson(io, session);
    else await write(io.stdout, sessionsText(sessions, io.clock.now(), paint, width));
  } else if (json) await writeJson(io, answer as EdgeStatus);
  else await write(io.stdout, statusText(answer as EdgeStatus, io.clock.now(), paint));
  return EXIT.fine;
}

async function ask(action: EdgeAction, data: string): Promise<unknown> {
  try {
    return await askControl(data, action);
  } catch (fault) {
    const code = (fault as NodeJS.ErrnoException).code ?? '';
    const why =
      code === 'EACCES'
        ? 'it belongs to another user: ask as root, or as the user that the gateway runs as'
        : ['ENOENT', 'ECONNREFUSED'].includes(code)
          ? 'none runs there; name its folder with --config or --data'
          : visible((fault as Error).message);
    throw new CannotError(`no gateway answers in ${data}: ${why}`, { cause: fault });
  }
}
