import { TLS_NOTE } from '../wire/smtp/transcript.ts';
import { escapeBytes } from '../wire/smtp/transcript-text.ts';
import type { Facts, FactsWithRecipient } from './facts.ts';

/**
 * Pieces of the transcripts that attacks are written in. A transcript tells what the attacker says and what he hopes to hear: where the
 * server says something else, he was stopped. `S: 2*` is any consent.
 */

/** Lines of a transcript, joined. */
export function script(...lines: readonly string[]): string {
  return lines.map((line) => (line.endsWith('\n') ? line : `${line}\n`)).join('');
}

/** `C>`: exactly these bytes (latin1), `times` over. */
export function exactly(bytes: string, times = 1): string {
  return `C> "${escapeBytes(bytes, '"')}"${times === 1 ? '' : ` x ${times}`}`;
}

/** `C:`: one line, with anything in it that is no line end. */
export function says(line: string): string {
  return `C: ${escapeBytes(line)}`;
}

/** The greeting and EHLO. */
export const hello = ({ hello }: Pick<Facts, 'hello'>): string => script('S: 220*', says(`EHLO ${hello}`), 'S: 250*');

/** … and into TLS, with the EHLO that belongs there (RFC 3207 §4.2). */
export const secured = (facts: Pick<Facts, 'hello'>): string =>
  script(hello(facts), 'C: STARTTLS', 'S: 220*', `# ${TLS_NOTE}`, says(`EHLO ${facts.hello}`), 'S: 250*');

/** … and MAIL FROM our address. */
export const mail = (facts: Pick<Facts, 'hello' | 'sender'>): string =>
  script(hello(facts), says(`MAIL FROM:<${facts.sender}>`), 'S: 250*');

/** … and RCPT TO the recipient. */
export const envelope = (facts: FactsWithRecipient): string =>
  script(mail(facts), says(`RCPT TO:<${facts.recipient}>`), 'S: 25*');

/** … and DATA: the server now waits for a message. */
export const data = (facts: FactsWithRecipient): string => script(envelope(facts), 'C: DATA', 'S: 354*');

/** A letter of the drill, which says what it is. Lines end in CRLF; what an attack adds stands as it is. */
export interface Letter {
  readonly attack: string;
  readonly token: string;
  /** Behind the drill's own fields, each with its CRLF. */
  readonly fields?: string;
  readonly body?: string;
}

/** The text of a letter, without its end. */
export function letter(
  facts: FactsWithRecipient,
  { attack, token, fields = '', body = 'Nothing to do.\r\n' }: Letter,
): string {
  return [
    `From: <${facts.sender}>\r\n`,
    `To: <${facts.recipient}>\r\n`,
    `Subject: mailward drill: ${attack} ${token}\r\n`,
    `Message-ID: <${token}@${facts.hello}>\r\n`,
    `Date: ${facts.date}\r\n`,
    `X-Mailward-Drill: ${attack}; authorised by: ${facts.authorised.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200)}\r\n`,
    fields,
    '\r\n',
    'This is a drill: a harmless message that looks for a gap in this mail server.\r\n',
    body,
  ].join('');
}

/** A whole transaction with a letter, which the server is hoped to take. */
export function delivers(facts: FactsWithRecipient, what: Letter): string {
  return script(data(facts), exactly(`${letter(facts, what)}.\r\n`), 'S: 250*');
}
