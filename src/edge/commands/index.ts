import type { EdgeCommand } from '../command.ts';
import type { Session } from '../session.ts';
import { auth } from './auth.ts';
import { bdat } from './bdat.ts';
import { data } from './data.ts';
import { ehlo, helo } from './hello.ts';
import { mail } from './mail.ts';
import { rcpt } from './rcpt.ts';
import { help, noop, notHere, otherProtocols, quit, rset, vrfy } from './simple.ts';
import { starttls } from './starttls.ts';

/** Every command the edge knows; any other word is not recognised. */
export const commands: readonly EdgeCommand<Session>[] = [
  helo,
  ehlo,
  mail,
  rcpt,
  data,
  rset,
  noop,
  quit,
  vrfy,
  help,
  starttls,
  auth,
  bdat,
  ...notHere,
  ...otherProtocols,
];

export const commandTable: ReadonlyMap<string, EdgeCommand<Session>> = new Map(
  commands.map((command) => [command.word, command]),
);
