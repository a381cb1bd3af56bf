import { type MailDate, readMailDate } from './mail-date.ts';

/** One Received field, read. Everything but `raw` may be missing; nothing is checked against the network. */
export interface Received {
  /** The name that the peer gave itself or that its address resolved to, whichever the server writes first. */
  readonly from: string | null;
  /** The name given in HELO or EHLO, where the server writes it apart. */
  readonly helo: string | null;
  /** The peer's address as the server saw it, IPv4 or IPv6, without brackets. */
  readonly address: string | null;
  /** The receiving host. */
  readonly by: string | null;
  /** An address that the server gives beside its own name. */
  readonly byAddress: string | null;
  readonly via: string | null;
  /** Protocol or product words after `with`: `ESMTPS`, `Microsoft SMTP Server (…)` without comments. */
  readonly with: string | null;
  /** Queue id; Microsoft servers write their build here. */
  readonly id: string | null;
  readonly for: string | null;
  readonly envelopeFrom: string | null;
  /** For example `TLSv1.3 TLS_AES_256_GCM_SHA384`; as far as told. */
  readonly tls: string | null;
  /** Account that submitted the message, where the server tells it. */
  readonly account: string | null;
  readonly date: MailDate | null;
  /** Comments, each with the clause it follows (`from`, `by`, `with`, `id`, `for`, `via`, or `` for a leading one). */
  readonly comments: readonly ReceivedComment[];
  readonly raw: string;
}

export interface ReceivedComment {
  readonly clause: Clause | '';
  readonly text: string;
}

export type Clause = 'from' | 'by' | 'via' | 'with' | 'id' | 'for';

/** A longer field is cut; more tokens than this are left out. */
export const RECEIVED_LIMITS = { length: 4096, tokens: 400 } as const;

const CLAUSES: ReadonlySet<string> = new Set(['from', 'by', 'via', 'with', 'id', 'for']);

/**
 * Reads the value of a Received field (RFC 5321 §4.4) in one pass, in any product's form; never throws and never goes back.
 * Words and comments are told apart first, so that a keyword inside a comment opens no clause.
 */
export function readReceived(value: string): Received {
  const raw = value.slice(0, RECEIVED_LIMITS.length);
  const words: Partial<Record<Clause, string[]>> = {};
  const comments: ReceivedComment[] = [];
  let clause: Clause | '' = '';
  let dateText = '';
  let account: string | null = null;
  const tokens = tokenise(raw);
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'comment') {
      comments.push({ clause, text: token.text });
      continue;
    }
    if (token.kind === 'date') {
      dateText = token.text;
      break;
    }
    const word = token.text.toLowerCase();
    if (CLAUSES.has(word) && opensClause(word as Clause, words, tokens, index)) {
      clause = word as Clause;
      words[clause] ??= [];
      continue;
    }
    if (clause === '') continue;
    words[clause]?.push(token.text);
  }
  const from = words.from?.[0] ?? null;
  const seen = peerOf(words.from ?? [], comments);
  for (const comment of comments) account ??= accountIn(comment.text);
  return {
    from: stripBrackets(from),
    helo: seen.helo,
    address: seen.address,
    by: stripBrackets(words.by?.[0] ?? null),
    byAddress: byAddressOf(comments),
    via: words.via?.join(' ') ?? null,
    with: beforeTls(words.with).join(' ') || null,
    id: words.id?.[0] ?? null,
    for: withoutAngles(words.for?.[0] ?? null),
    envelopeFrom: envelopeFromOf(comments),
    tls: tlsOf(comments, words.with),
    account,
    date: readMailDate(dateText === '' ? trailingDate(raw) : dateText) ?? null,
    comments,
    raw,
  };
}

interface Token {
  readonly kind: 'word' | 'comment' | 'date';
  readonly text: string;
}

/** Words, comments (outermost brackets, without them), and the date: all that follows the last semicolon outside comments. */
function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  let i = 0;
  while (i < text.length && tokens.length < RECEIVED_LIMITS.tokens) {
    const c = text.charCodeAt(i);
    if (c <= 0x20) {
      i++;
    } else if (c === 0x28) {
      const end = commentEnd(text, i);
      tokens.push({ kind: 'comment', text: text.slice(i + 1, end).trim() });
      i = end + 1;
    } else if (c === 0x3b) {
      const rest = text.slice(i + 1).trim();
      // A semicolon may also end the `from` or `id` clause (OpenSMTPD 5); then words follow, no date.
      if (/^(?:by|from|with|id|for)\s/i.test(rest)) i++;
      else {
        tokens.push({ kind: 'date', text: rest });
        return tokens;
      }
    } else {
      let end = i;
      while (end < text.length && !endsWord(text.charCodeAt(end))) end++;
      if (end === i) end++;
      tokens.push({ kind: 'word', text: text.slice(i, end) });
      i = end;
    }
  }
  return tokens;
}

function endsWord(c: number): boolean {
  return c <= 0x20 || c === 0x28 || c === 0x3b;
}

/** The closing bracket that fits, or the end of the text. */
function commentEnd(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x5c) i++;
    else if (c === 0x28) depth++;
    else if (c === 0x29 && --depth === 0) return i;
  }
  return text.length;
}

/** A clause opens once, and not where the keyword itself is a value (`by by.example`, `with id`). */
function opensClause(
  word: Clause,
  words: Partial<Record<Clause, string[]>>,
  tokens: readonly Token[],
  index: number,
): boolean {
  if (words[word] !== undefined) return false;
  const before = tokens[index - 1];
  if (
    before?.kind === 'word' &&
    CLAUSES.has(before.text.toLowerCase()) &&
    words[before.text.toLowerCase() as Clause]?.length === 0
  ) {
    return word !== 'from' && before.text.toLowerCase() === 'with' ? true : word === 'by';
  }
  return true;
}

function peerOf(
  from: readonly string[],
  comments: readonly ReceivedComment[],
): { helo: string | null; address: string | null } {
  let helo: string | null = null;
  let address: string | null = null;
  for (const { clause, text } of comments) {
    if (clause !== 'from') continue;
    helo ??= heloIn(text);
    address ??= addressIn(text);
  }
  return { helo, address: address ?? addressIn(from.join(' ')) };
}

function heloIn(text: string): string | null {
  const named = /(?:^|[\s,;])(?:helo|ehlo)[\s=:]+<?([^\s,;)>]+)/i.exec(text);
  return named === null ? null : stripBrackets(named[1] as string);
}

/** The first IPv4 or IPv6 address of a text. Words are looked at one by one, so the time is linear. */
export function addressIn(text: string): string | null {
  for (const word of text.split(/[\s()[\]<>,;"'=]+/, 40)) {
    const bare = word.replace(/^ipv6:/i, '').replace(/^::ffff:(?=\d+\.)/i, '');
    const four = /^((?:\d{1,3}\.){3}\d{1,3})(?::\d{1,5}|\.\d{4,5})?$/.exec(bare);
    if (four !== null && (four[1] as string).split('.').every((part) => Number(part) <= 255)) return four[1] as string;
    if (isAddress6(bare)) return bare.toLowerCase();
  }
  return null;
}

function isAddress6(word: string): boolean {
  const bare = word.replace(/%\w+$/, '');
  if (bare.length < 3 || bare.length > 39 || !/^[0-9a-f:]+$/i.test(bare)) return false;
  const groups = bare.split(':');
  if (groups.length < 3 || groups.length > 8 || groups.some((group) => group.length > 4)) return false;
  return bare.includes('::') ? bare.indexOf('::') === bare.lastIndexOf('::') : groups.length === 8;
}

function byAddressOf(comments: readonly ReceivedComment[]): string | null {
  for (const { clause, text } of comments) {
    if (clause !== 'by') continue;
    const address = addressIn(text);
    if (address !== null) return address;
  }
  return null;
}

function envelopeFromOf(comments: readonly ReceivedComment[]): string | null {
  for (const { text } of comments) {
    const found = /envelope-(?:from|sender)[\s=:]+<?([^\s<>]+@[^\s<>]+)/i.exec(text);
    if (found !== null) return found[1] as string;
  }
  return null;
}

/** Most comments name neither an account nor a cipher: one look tells. */
const ACCOUNT_WORD = /auth|account|uid|userid|localhost/i;
const TLS_WORD = /tls|ssl|cipher/i;

/** `authenticated bits=0`, `Authenticated sender: x`, `account: x`, `from userid 0`, `invoked by uid 0`, `from user@localhost`. */
function accountIn(text: string): string | null {
  if (!ACCOUNT_WORD.test(text)) return null;
  const found =
    /(?:authenticated sender:?|authenticated as|auth:|account:?|authenticated user:?|authid|smtp-auth username)\s+<?([^\s<>,;)]+)/i.exec(
      text,
    ) ??
    /(?:invoked by uid|from userid|\(uid|^uid)\s+(\d+)/i.exec(text) ??
    // Sendmail, of a program on its own machine.
    /^from ([\w.+-]{1,64})@localhost\b/i.exec(text);
  return found === null ? null : (found[1] as string);
}

function tlsOf(comments: readonly ReceivedComment[], words: readonly string[] | undefined): string | null {
  // RFC 8314 §4.3 gives the suite a clause of its own, as Exim writes it: `with esmtps (TLS1.3) tls TLS_AES_256_GCM_SHA384`.
  const named = words?.slice(beforeTls(words).length + 1)[0];
  const clause = named === undefined ? null : [named, named];
  for (const { text } of comments) {
    if (!TLS_WORD.test(text)) continue;
    const version = /(?:version=|using |^)(TLS[v_]?\d(?:[._]\d)?|SSLv\d|TLS1[._]\d)/i.exec(text);
    const suite = /(?:cipher[= ]+)([A-Z0-9_:.-]+)/i.exec(text) ?? (version === null ? null : clause);
    if (version !== null) {
      const name = (version[1] as string).replace(
        /^TLS[v_]?(\d)[._]?(\d)?$/i,
        (_, a: string, b?: string) => `TLSv${a}.${b ?? 0}`,
      );
      return suite === null ? name : `${name} ${suite[1]}`;
    }
    if (suite !== null && suite[1] !== 'NONE') return suite[1] as string;
    if (/^TLS\)?$/i.test(text.trim()) || /\bTLS\b/.test(text)) return 'TLS';
  }
  if (named !== undefined) return named;
  // RFC 3848: the S in ESMTPS says that STARTTLS was used.
  return words !== undefined && /^(?:UTF8)?E?L?SMTPSA?$/i.test(words[0] ?? '') ? 'TLS' : null;
}

/** The words of a `with` clause without the `tls` clause that follows it. */
function beforeTls(words: readonly string[] = []): readonly string[] {
  const at = words.findIndex((word, index) => index > 0 && word.toLowerCase() === 'tls');
  return at === -1 ? words : words.slice(0, at);
}

/** Where the semicolon is missing, a date often ends the field: from the week day, or the last five words. */
function trailingDate(raw: string): string {
  const tail = raw.slice(-60);
  const day = /(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? .*$/s.exec(tail);
  return day === null ? '' : day[0];
}

function stripBrackets(name: string | null): string | null {
  if (name === null) return null;
  const bare = name.replace(/^\[|\][,.]?$|,$/g, '').replace(/^ipv6:/i, '');
  return bare === '' ? null : bare;
}

function withoutAngles(name: string | null): string | null {
  if (name === null) return null;
  const bare = name.replace(/^<|>[,.]?$/g, '');
  return bare === '' ? null : bare;
}
