import { isInside } from '../../wire/ip/address.ts';

/** A folder of an IMAP account. */
export interface ImapPlace {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (`imaps`, RFC 8314 §3.2). */
  readonly secure: boolean;
  readonly user: string;
  readonly password: string;
  readonly folder: string;
}

const PORTS = { 'imap:': 143, 'imaps:': 993 } as const;

/**
 * Reads `imap://user:password@host[:port][/folder]` or `imaps://…` (RFC 5092); user, password and folder may be percent-encoded. `password` stands in
 * for one that the URL does not carry. The fault says in one line what is missing.
 */
export function readImapUrl(text: string, password?: string): ImapPlace | { readonly fault: string } {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return { fault: 'it is no URL' };
  }
  const { protocol } = url;
  if (protocol !== 'imap:' && protocol !== 'imaps:') return { fault: `${protocol}// is not known here` };
  const [user, given, folder] = [url.username, url.password, url.pathname.slice(1)].map(decoded);
  if (user === undefined || given === undefined || folder === undefined) return { fault: 'a % in it encodes nothing' };
  if (url.hostname === '') return { fault: 'it names no host' };
  if (user === '') return { fault: 'it names no user' };
  const word = given === '' ? (password ?? '') : given;
  if (word === '') return { fault: 'it has no password' };
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? PORTS[protocol] : Number(url.port),
    secure: protocol === 'imaps:',
    user,
    password: word,
    folder: folder === '' ? 'INBOX' : folder,
  };
}

/** True if a password may cross to this host in clear where it offers no TLS: this machine and this network only. */
export function mayGoInClear({ host }: ImapPlace): boolean {
  return host === 'localhost' || isInside(host);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
