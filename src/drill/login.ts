import type { SmtpConnection } from '../net/smtp-connection.ts';
import { type EhloKeyword, offers, readEhlo } from '../wire/smtp/ehlo.ts';
import { type Field, isFailure, type Verdict } from './attack.ts';
import { offered } from './facts.ts';
import { notRun } from './outcome.ts';
import { brokenWords, play } from './play.ts';
import { hello, secured } from './script.ts';

/**
 * Plays on a connection where a login may be tried: behind EHLO, inside TLS where that is offered, and behind a control that must pass. `auth` is
 * what is offered there, undefined if no login is.
 */
export async function atLogin(
  field: Field,
  body: (connection: SmtpConnection, auth: EhloKeyword | undefined) => Promise<Verdict>,
): Promise<Verdict> {
  const { facts } = field;
  const opened = await field.open();
  if (isFailure(opened)) return notRun(`no connection could be had: ${brokenWords(opened)}`);
  try {
    const begun = await play(opened, offered(facts, 'STARTTLS') ? secured(facts) : hello(facts), facts);
    if (!begun.through) return notRun(`${begun.stage}: ${begun.words}`, begun.lines);
    // What everybody may say is answered here, or what comes behind it proves nothing.
    const control = await opened.command('NOOP');
    if (!control.ok) return notRun(`NOOP is not answered either: ${brokenWords(control)}`, [...opened.lines]);
    return await body(opened, begun.reply === null ? undefined : offers(readEhlo(begun.reply), 'AUTH'));
  } finally {
    opened.close();
  }
}
