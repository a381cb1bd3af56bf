import { statSync } from 'node:fs';
import type { BounceBox } from '../scan/probe.ts';
import { isWireAddress, readWireAddress } from '../wire/address/strict.ts';
import { mailFolder } from './drill/mail-folder.ts';
import { imapMailbox } from './mailbox/imap-mailbox.ts';
import { readImapUrl } from './mailbox/imap-url.ts';

export interface BounceBoxWish {
  readonly address: string;
  /** A folder, or `imap://` or `imaps://` with a user. */
  readonly mailbox: string;
  /** For a URL that carries none. */
  readonly password: string | undefined;
  /** Milliseconds. */
  readonly patience: number;
  readonly authorised: string;
  /** Older mail is not looked into; milliseconds since 1970. */
  readonly since: number;
}

/** A mailbox for reports that may hold a connection, which `close` ends. */
export interface OpenBounceBox extends BounceBox {
  close(): Promise<void>;
}

/** The mailbox that reports of a scan come back to; a fault says in one line what is wrong with the options. */
export function bounceBox(wish: BounceBoxWish): OpenBounceBox | { readonly fault: string } {
  const { address, mailbox, password, patience, authorised, since } = wish;
  if (!isWireAddress(readWireAddress(address)))
    return { fault: `--bounce-from takes an address as name@example.com, not ${JSON.stringify(address)}` };
  const base = { address, patience, authorised };
  if (/^[a-z]+:\/\//i.test(mailbox)) {
    const place = readImapUrl(mailbox, password);
    if ('fault' in place)
      return { fault: `--mailbox takes a folder, or imaps://user:password@host[:port][/folder]: ${place.fault}` };
    return { ...base, ...imapMailbox(place, since) };
  }
  if (!isFolder(mailbox)) return { fault: `--mailbox: no folder can be read at ${JSON.stringify(mailbox)}` };
  return { ...base, ...mailFolder(mailbox, since), close: async () => undefined };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
