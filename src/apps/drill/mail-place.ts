import { statSync } from 'node:fs';
import type { Mailbox } from '../../drill/mailbox.ts';
import { imapMailbox } from '../mailbox/imap-mailbox.ts';
import { readImapUrl } from '../mailbox/imap-url.ts';
import { mailFolder } from './mail-folder.ts';

/** A mailbox that may hold a connection, which `close` ends. */
export interface MailPlace extends Mailbox {
  close(): Promise<void>;
}

/**
 * The mailbox that `--mailbox` names: a folder, or `imap://` or `imaps://` with a user, whose password may stand in `password`. Mail older than
 * `since` (milliseconds since 1970) is not looked into. A fault says in one line what is wrong with the option.
 */
export function mailPlace(
  text: string,
  password: string | undefined,
  since: number,
): MailPlace | { readonly fault: string } {
  if (/^[a-z]+:\/\//i.test(text)) {
    const place = readImapUrl(text, password);
    return 'fault' in place
      ? { fault: `--mailbox takes a folder, or imaps://user:password@host[:port][/folder]: ${place.fault}` }
      : imapMailbox(place, since);
  }
  if (statSync(text, { throwIfNoEntry: false })?.isDirectory() !== true)
    return { fault: `--mailbox: no folder can be read at ${JSON.stringify(text)}` };
  return { ...mailFolder(text, since), close: async () => undefined };
}
