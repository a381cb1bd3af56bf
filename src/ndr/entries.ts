import { findReply } from '../wire/dsn/status-code.ts';
import { type AddressSpan, findAddresses } from './address-span.ts';

/** One recipient that a report's text names, and the words that stand with it. */
export interface Entry {
  readonly address: string;
  /** The rest of its line and the lines that belong to it, joined by LF. */
  readonly own: string;
  /** The lines before the address that lead to it, in the same paragraph. */
  readonly before: string;
  /** All lines from the address to the next one. */
  readonly more: string;
  /** How the address stands in its line. */
  readonly place: Place;
}

/** `listed`: the line begins with it. `named`: a sentence or a label leads to it. `quoted`: it stands in an SMTP reply. */
export type Place = 'listed' | 'named' | 'quoted';

interface Candidate {
  readonly span: AddressSpan;
  readonly line: number;
  readonly place: Place;
  /** Marks before a listed address and whether it is indented: entries of one list look alike. */
  readonly shape: string;
  /** Where the words behind the address begin. */
  readonly rest: number;
}

const MAX_CANDIDATES = 2000;
const MAX_OWN_LINES = 60;

/** Labels that name a recipient; a colon or nothing follows them. */
const LABEL =
  /^(?:to|recipients?|final.recipient|user|e-?mail|address|addressee|mailbox|account|failed recipient|intended recipient|original recipient|bounce|rcpt to|an|para|pour|destinataire|destinatario|empf(?:ä|ae)nger|кому|宛先|收件人)\s*[:：=]?\s*$/i;
/** A sentence that leads to such an address tells whom to ask, not who failed. */
const CONTACT =
  /\b(?:contact|questions?|help|assistance|abuse|support|inform|administrator at|notify|ask|write to|reply to|report(?:ed)? to|forward(?:ed)? to|unsubscribe|subscribe|kontakt|from|sender|de la part|sent by|generated from|copy of this)\b/i;
const SENDER_LABEL =
  /^(?:from|sender|return-path|reply-to|cc|x-[\w-]+|mail from|envelope-from|von|de|от|差出人|发件人)\s*[:：<]/i;
/** Exim keeps an address that an alias stands for to itself and names the alias. */
const GENERATED = /\((?:ultimately )?generated from /;
const DELIVERY =
  /deliver|recipient|user|message to|mail to|sent to|address|mailbox|account|reject|refus|unknown|fail|bounce|not (?:a )?member|does not|quota|full|zustell|remis|entreg|consegn/i;

/** Finds the recipients that the lines name, in order, each once. `self` are addresses that are the reader's own, never a recipient. */
export function findEntries(
  lines: readonly string[],
  known: (address: string) => boolean,
  self: (address: string) => boolean,
): Entry[] {
  const all = candidates(lines);
  const others = all.filter((candidate) => !self(candidate.span.address) || known(candidate.span.address));
  const found = choose(others, lines, known);
  // A message to oneself bounces too: then only the reader's own address is listed.
  const chosen = found.length > 0 ? found : choose(all, lines, known).filter(({ place }) => place !== 'named');
  const [only] = chosen;
  if (chosen.length === 1) return [entryOf(only as Candidate, undefined, lines)];
  const merged = new Map<string, Entry>();
  for (const [index, candidate] of chosen.entries()) {
    const entry = entryOf(candidate, chosen[index + 1], lines);
    const key = entry.address.toLowerCase();
    const seen = merged.get(key);
    if (seen === undefined) merged.set(key, entry);
    else {
      const { address, before, place } = seen;
      merged.set(key, { address, place, before, own: join(seen.own, entry.own), more: join(seen.more, entry.more) });
    }
  }
  return [...merged.values()];
}

function join(a: string, b: string): string {
  if (b === '' || a.includes(b)) return a;
  return a === '' ? b : `${a}\n${b}`;
}

function candidates(lines: readonly string[]): Candidate[] {
  const found: Candidate[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string;
    if (!line.includes('@') || line.length > 2000) continue;
    const spans = findAddresses(line);
    const first = spans[0];
    if (first === undefined || SENDER_LABEL.test(line.trimStart()) || quotesHeader(lines, index)) continue;
    const before = line.slice(0, first.start);
    const bare = withoutMarks(before);
    const isCommand = (line.includes('>>>') || line.includes('<<<')) && COMMAND.test(line);
    let place: Place = 'named';
    if (isCommand || isReply(bare)) place = 'quoted';
    else if (bare === '' || LABEL.test(bare)) place = 'listed';
    const shape = place === 'listed' ? shapeOf(before) : '';
    for (const span of place === 'quoted' ? spans.slice(0, 1) : spans) {
      // Several in a row are a list only if nothing but commas stands between them.
      if (span !== first && !/^[\s<>,;"'`]*(?:and\s)?[\s<>"']*$/.test(line.slice(previousEnd(spans, span), span.start)))
        break;
      if (isDisplayName(line, span, spans[spans.indexOf(span) + 1])) continue;
      found.push({ span, line: index, place, shape, rest: span.end });
      if (found.length === MAX_CANDIDATES) return found;
    }
  }
  return found;
}

/** A line of an SMTP transcript. */
const COMMAND = /^\s*(?:>>>\s*(?:RCPT|MAIL|DATA|EHLO|HELO|VRFY)|<<<)/i;

function shapeOf(before: string): string {
  return `${/^[ \t]/.test(before) ? ' ' : ''}${before.replace(/[^<"'*•>-]/g, '').slice(0, 4)}`;
}

/** `a@b.example <c@d.example>`: the first is the name that the sender gave the second (RFC 5322 §3.4). */
function isDisplayName(line: string, { end }: AddressSpan, next: AddressSpan | undefined): boolean {
  return next !== undefined && next.start === end + 2 && line.startsWith(' <', end) && line.charAt(next.end) === '>';
}

const MARKS = ' \t\u00a0\u3000<>"\'([{*•·–|-';

/** A line's beginning without the marks of lists and quotations around it. */
function withoutMarks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && MARKS.includes(text.charAt(start))) start++;
  while (end > start && MARKS.includes(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** True for the `To:` of a header that the report quotes: `Subject:`, `Sent:` and the like stand beside it. */
function quotesHeader(lines: readonly string[], index: number): boolean {
  const line = lines[index] as string;
  if (!(line.includes(':') || line.includes('：')) || !/^\s*(?:to|an|à|para|a|кому|宛先|收件人)\s*[:：]/i.test(line))
    return false;
  return [index - 2, index - 1, index + 1, index + 2].some((near) =>
    /^\s*(?:subject|sent|date|betreff|gesendet|objet|envoyé|asunto|enviado|oggetto|inviato|onderwerp|verzonden|件名|主题|тема|from)\s*[:：]/i.test(
      lines[near] ?? '',
    ),
  );
}

function previousEnd(spans: readonly AddressSpan[], span: AddressSpan): number {
  return spans[spans.indexOf(span) - 1]?.end ?? 0;
}

function isReply(text: string): boolean {
  const reply = findReply(text);
  return reply !== undefined && reply.start <= 1;
}

/** The list if there is one, else the sentences, else the SMTP replies; addresses that the report also tells elsewhere are preferred. */
function choose(all: readonly Candidate[], lines: readonly string[], known: (address: string) => boolean): Candidate[] {
  const listed = all.filter((candidate) => candidate.place === 'listed');
  const lead = listed.find((candidate) => known(candidate.span.address)) ?? listed[0];
  if (lead !== undefined) {
    return listed.filter((candidate) => candidate.shape === lead.shape || known(candidate.span.address));
  }
  const named = all.filter((candidate) => candidate.place === 'named' && !isContact(candidate, lines));
  const quoted = all.filter((candidate) => candidate.place === 'quoted');
  const sure = named.filter((candidate) => known(candidate.span.address));
  if (sure.length > 0) return sure;
  if (quoted.some((candidate) => known(candidate.span.address))) return quoted;
  const telling = named.filter((candidate) => DELIVERY.test(lineOf(candidate, lines)));
  if (telling.length > 0) return telling;
  if (quoted.length > 0) return quoted;
  return named.length > 0 ? named : all.filter((candidate) => GENERATED.test(lineOf(candidate, lines)));
}

function lineOf(candidate: Candidate, lines: readonly string[]): string {
  return lines[candidate.line] as string;
}

function isContact(candidate: Candidate, lines: readonly string[]): boolean {
  const line = lineOf(candidate, lines);
  if (
    /^(?:postmaster|mailer-daemon|abuse|support|help|helpdesk|webmaster|hostmaster|listmaster)@/i.test(
      candidate.span.address,
    )
  ) {
    return !DELIVERY.test(line);
  }
  return CONTACT.test(line.slice(0, candidate.span.start));
}

function entryOf(candidate: Candidate, next: Candidate | undefined, lines: readonly string[]): Entry {
  const line = lineOf(candidate, lines);
  const sameLine = next !== undefined && next.line === candidate.line;
  const rest = tidy(line.slice(candidate.rest, sameLine ? next.span.start : undefined));
  const end = next === undefined ? lines.length : Math.max(next.line, candidate.line + 1);
  const own: string[] = rest === '' ? [] : [rest];
  let i = candidate.line + 1;
  for (; i < end && own.length < MAX_OWN_LINES; i++) {
    const text = (lines[i] as string).trim();
    // A reply in a transcript ends where the next line is not folded.
    if (candidate.place === 'quoted' && !/^[ \t]/.test(lines[i] as string)) break;
    if (text === '' || isRule(text)) {
      if (own.length > 0) break;
      continue;
    }
    own.push(text);
  }
  const ownText =
    candidate.place === 'listed' ? own.join('\n') : [line.trim(), ...own.slice(rest === '' ? 0 : 1)].join('\n');
  return new FoundEntry(candidate, ownText, rest, end, lines);
}

/** An entry whose surroundings are put together when somebody asks. */
class FoundEntry implements Entry {
  readonly address: string;
  readonly own: string;
  readonly place: Place;
  readonly #candidate: Candidate;
  readonly #rest: string;
  readonly #end: number;
  readonly #lines: readonly string[];

  constructor(candidate: Candidate, own: string, rest: string, end: number, lines: readonly string[]) {
    this.address = candidate.span.address;
    this.own = own;
    this.place = candidate.place;
    this.#candidate = candidate;
    this.#rest = rest;
    this.#end = end;
    this.#lines = lines;
  }

  get more(): string {
    return [this.#rest, ...this.#lines.slice(this.#candidate.line + 1, this.#end)].join('\n').trim();
  }

  get before(): string {
    const { line, span } = this.#candidate;
    const before: string[] = [];
    for (let j = line - 1; j >= 0 && before.length < 8; j--) {
      const text = (this.#lines[j] as string).trim();
      if (text === '') {
        if (before.length > 0) break;
        continue;
      }
      before.unshift(text);
    }
    const lead = lineOf(this.#candidate, this.#lines).slice(0, span.start).trim();
    return [...before, lead].join('\n').trim();
  }
}

/** What follows an address without the marks that close it and the link that repeats it. */
function tidy(rest: string): string {
  return rest
    .replace(/^<mailto:[^>]{0,300}>/i, '')
    .replace(/^[\s>"'\])}:;,.*]+/, '')
    .replace(/^<[^>\s]{1,300}>[\s:;,.]*/, '')
    .trim();
}

/** A line of dashes or the like. */
function isRule(text: string): boolean {
  return /^[-=_*#+~]{3,}$/.test(text);
}
