import type { Sighting, SightingKind } from './sighting.ts';

/** One command and what came back; the greeting has no command. */
export interface SpokenExchange {
  readonly command: string | null;
  /** Lines with their reply codes. */
  readonly reply: readonly string[];
}

/** Exchanges read of one transcript. */
const EXCHANGES_MAX = 500;
/** Lines that are read of one transcript of IMAP or POP3. */
const LINES_MAX = 1_000;

/** Reads a transcript: `C:` sends a line, `C>` sends exact bytes, `S:` is the server's line, `#` and anything else is a note. */
export function readExchanges(text: string): SpokenExchange[] {
  const exchanges: { command: string | null; reply: string[] }[] = [];
  let ended = true;
  for (const line of text.split(/\r\n|\n|\r/)) {
    const mark = line.slice(0, 2);
    const said = line[2] === ' ' ? line.slice(3) : line.slice(2);
    if (mark === 'C:' || mark === 'C>') {
      if (exchanges.length >= EXCHANGES_MAX) break;
      exchanges.push({ command: said, reply: [] });
      ended = false;
    } else if (mark === 'S:' && REPLY_LINE.test(said)) {
      // A line that nothing asked for opens a dialogue of its own: the greeting, or a last word before hanging up.
      if (ended || exchanges.length === 0) exchanges.push({ command: null, reply: [said] });
      else exchanges.at(-1)?.reply.push(said);
      ended = said[3] !== '-';
    }
  }
  return exchanges;
}

const REPLY_LINE = /^[2-5]\d\d(?:[ -]|$)/;

/** What a transcript shows, whatever protocol is spoken: IMAP and POP3 are known by their greeting. */
export function sightingsOfTranscript(text: string): Sighting[] {
  const lines = text.split(/\r\n|\n|\r/, LINES_MAX);
  const greeting =
    lines
      .find((line) => line.startsWith('S:'))
      ?.slice(2)
      .trimStart() ?? '';
  if (/^\* (?:OK|PREAUTH|BYE)\b/i.test(greeting)) return sightingsOfMailbox(lines, 'imap.banner', kindOfImap);
  if (/^(?:\+OK|-ERR)\b/i.test(greeting)) return sightingsOfMailbox(lines, 'pop.banner', kindOfPop);
  return sightingsOfExchanges(readExchanges(text));
}

/** What a dialogue of IMAP or POP3 shows: all that was said between one command and the next answers the first. */
function sightingsOfMailbox(
  lines: readonly string[],
  banner: SightingKind,
  kindOf: (command: string) => SightingKind,
): Sighting[] {
  const sightings: Sighting[] = [];
  let open = { kind: banner, said: [] as string[] };
  const close = () => {
    if (open.said.length > 0) sightings.push({ kind: open.kind, text: open.said.join('\n') });
  };
  for (const line of lines) {
    if (line.startsWith('S:')) open.said.push(line.slice(2).trimStart());
    else if (line.startsWith('C:') || line.startsWith('C>')) {
      close();
      open = { kind: kindOf(line.slice(2).trim().slice(0, 80).toUpperCase()), said: [] };
    }
  }
  close();
  return sightings;
}

function kindOfImap(command: string): SightingKind {
  const verb = command.split(' ')[1];
  if (verb === 'CAPABILITY') return 'imap.capability';
  if (verb === 'ID') return 'imap.id';
  return verb === 'LOGOUT' ? 'imap.logout' : 'imap.unknown';
}

function kindOfPop(command: string): SightingKind {
  const verb = command.split(' ')[0];
  if (verb === 'CAPA') return 'pop.capa';
  if (verb === 'USER') return 'pop.user';
  return verb === 'QUIT' ? 'pop.quit' : 'pop.unknown';
}

/** What a dialogue of SMTP or LMTP shows, command by command. */
export function sightingsOfExchanges(exchanges: readonly SpokenExchange[]): Sighting[] {
  const sightings: Sighting[] = [];
  let content = false;
  for (const { command, reply } of exchanges) {
    const [first] = reply;
    if (first === undefined) continue;
    const kind: SightingKind | null = content
      ? 'smtp.queued'
      : command === null
        ? greetingKind(first)
        : kindOfCommand(command);
    content = !content && kind === 'smtp.data' && first.startsWith('354');
    if (kind !== null) sightings.push({ kind, text: reply.join('\n') });
  }
  return sightings;
}

function greetingKind(line: string): SightingKind | null {
  return line.startsWith('220') || line.startsWith('554') ? 'smtp.banner' : null;
}

const KINDS: { readonly [verb: string]: SightingKind | null } = {
  EHLO: 'smtp.ehlo',
  HELO: null,
  LHLO: 'smtp.ehlo',
  HELP: 'smtp.help',
  VRFY: 'smtp.vrfy',
  EXPN: 'smtp.expn',
  MAIL: 'smtp.mailfrom',
  RCPT: 'smtp.rcptto',
  NOOP: 'smtp.noop',
  QUIT: 'smtp.quit',
  RSET: 'smtp.rset',
  TURN: 'smtp.turn',
  DEBUG: 'smtp.debug',
  STARTTLS: 'smtp.starttls',
  AUTH: 'smtp.auth',
  DATA: 'smtp.data',
  BDAT: 'smtp.data',
  ETRN: 'smtp.etrn',
};

/** Which kind of sighting the reply to a command is; null if it says nothing we read. A word nobody knows is a probe of its own. */
function kindOfCommand(command: string): SightingKind | null {
  const verb = /^"?([A-Za-z0-9-]{1,20})/.exec(command)?.[1]?.toUpperCase();
  if (verb === undefined) return null;
  const known = KINDS[verb];
  if (known !== undefined) return known;
  return /^X/.test(verb) || /^[A-Z]+$/.test(verb) ? 'smtp.unknown' : null;
}
