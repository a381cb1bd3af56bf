/** A mailbox address, taken apart at its last `@`. */
export interface Mailbox {
  /** As written, quotes included. */
  readonly local: string;
  /** Letters of ASCII in lower case, all other bytes as they came (RFC 6531 §3.3); empty for a bare name such as `<postmaster>`. */
  readonly domain: string;
}

/** A path of MAIL FROM or RCPT TO (RFC 5321 §4.1.2) with the parameters behind it. */
export interface Path {
  /** Null for the null sender `<>`. */
  readonly mailbox: Mailbox | null;
  /** `@one,@two` of an RFC 5321 §C source route, without the colon; empty if there is none. */
  readonly route: string;
  readonly parameters: readonly string[];
}

export type PathFault = 'no-bracket' | 'unclosed' | 'no-domain' | 'no-local' | 'control' | 'too-long' | 'trailing';

/** Octets of a path, brackets included (RFC 5321 §4.5.3.1.3 says 256; real ones are longer now and then). */
export const PATH_MAX = 1_024;

/** Reads `<path> PARAMETERS`, strictly: no missing bracket, no blank inside, nothing unseparated behind. */
export function readPath(text: string): Path | { readonly fault: PathFault; readonly at: number } {
  if (text[0] !== '<') return { fault: 'no-bracket', at: 0 };
  const close = closingBracket(text);
  if (typeof close !== 'number') return close;
  const behind = text.slice(close + 1);
  if (behind !== '' && behind[0] !== ' ') return { fault: 'trailing', at: close + 1 };
  const parameters = behind.split(' ').filter((part) => part !== '');
  let inner = text.slice(1, close);
  if (inner === '') return { mailbox: null, route: '', parameters };
  let route = '';
  if (inner[0] === '@') {
    const colon = inner.indexOf(':');
    if (colon === -1) return { fault: 'no-local', at: 1 };
    route = inner.slice(0, colon);
    inner = inner.slice(colon + 1);
  }
  // An `@` inside the quotes of a local part separates nothing.
  const last = inner.lastIndexOf('@');
  const at = last > inner.lastIndexOf('"') ? last : -1;
  if (at === 0 || inner === '') return { fault: 'no-local', at: close - inner.length };
  if (at === inner.length - 1) return { fault: 'no-domain', at: close };
  const mailbox = at === -1 ? { local: inner, domain: '' } : splitAt(inner, at);
  return { mailbox, route, parameters };
}

/** The index of the `>` that ends the path: one inside a quoted local part does not. */
function closingBracket(text: string): number | { readonly fault: PathFault; readonly at: number } {
  let quoted = false;
  const end = Math.min(text.length, PATH_MAX);
  for (let index = 1; index < end; index += 1) {
    const char = text[index] as string;
    if (char < ' ' || char === '\x7f') return { fault: 'control', at: index };
    if (quoted && char === '\\') index += 1;
    else if (char === '"') quoted = !quoted;
    else if (char === '>' && !quoted) return index;
  }
  return text.length > PATH_MAX ? { fault: 'too-long', at: PATH_MAX } : { fault: 'unclosed', at: text.length };
}

function splitAt(text: string, at: number): Mailbox {
  return {
    local: text.slice(0, at),
    domain: text.slice(at + 1).replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
  };
}

/** The address as a person writes it: `local@domain`, or the bare local part. */
export function showMailbox(mailbox: Mailbox): string {
  return mailbox.domain === '' ? mailbox.local : `${mailbox.local}@${mailbox.domain}`;
}
