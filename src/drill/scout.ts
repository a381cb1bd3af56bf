import type { Clock } from '../net/clock.ts';
import type { Failure } from '../net/dialler.ts';
import type { SmtpClient } from '../net/smtp-client.ts';
import type { SmtpConnection } from '../net/smtp-connection.ts';
import { type EhloAnswer, offers, readEhlo } from '../wire/smtp/ehlo.ts';
import type { Facts } from './facts.ts';
import { brokenWords } from './play.ts';
import { quoteReply } from './pulse.ts';

/** What the drill was told, or made up, before it knows the server. */
export type Briefing = Pick<
  Facts,
  | 'host'
  | 'address'
  | 'port'
  | 'near'
  | 'hello'
  | 'sender'
  | 'foreign'
  | 'date'
  | 'authorised'
  | 'origin'
  | 'apart'
  | 'patience'
  | 'hold'
> & {
  /** As given; null if the drill is to find one. */
  readonly recipient: string | null;
};

/** The one honest visit before the first attack: who is there, what it offers, how fast it is, and whom it takes mail for. */
export async function scout(
  briefing: Briefing,
  client: SmtpClient,
  clock: Clock,
): Promise<Facts | { readonly fault: string }> {
  const began = clock.monotonic();
  const opened = await client.open(briefing);
  if (!opened.ok) return { fault: `it cannot be reached (${words(opened)})` };
  const { connection } = opened;
  try {
    const greeting = await connection.greeting();
    if (!greeting.ok) return { fault: `no greeting: ${words(greeting)}` };
    if (greeting.reply.code !== 220) return { fault: `it turns us away: ${quoteReply(greeting.reply)}` };
    const answer = await connection.command(`EHLO ${briefing.hello}`);
    if (!answer.ok) return { fault: `no answer to EHLO: ${words(answer)}` };
    const ehlo = readEhlo(answer.reply);
    if (ehlo === null) return { fault: `it refuses EHLO ${briefing.hello}: ${quoteReply(answer.reply)}` };
    const baseline = Math.round(clock.monotonic() - began);
    const refused = await refusal(connection, briefing);
    const loginOnly = refused?.login === true && (await offersLogin(connection, briefing, ehlo));
    if (refused !== null && !loginOnly) return { fault: refused.fault };
    const recipient = loginOnly
      ? null
      : (briefing.recipient ?? (await findRecipient(connection, briefing.sender, ehlo.host)));
    await connection.command('QUIT');
    return {
      ...briefing,
      serverName: ehlo.host,
      offers: ehlo.keywords,
      recipient,
      loginOnly,
      domain: recipient === null ? '' : domainOf(recipient),
      baseline,
    };
  } finally {
    connection.close();
  }
}

/** RFC 6409 §3.1. */
const SUBMISSION = 587;

/** `login` is true where the server might take mail from who has logged in (RFC 4954 §6), or inside TLS (RFC 3207 §4). */
interface Refusal {
  readonly fault: string;
  readonly login?: true;
}

/** What keeps an honest sender from writing at all: a server that refuses everybody would seem to stop every attack. */
async function refusal(connection: SmtpConnection, { sender, recipient, port }: Briefing): Promise<Refusal | null> {
  const mail = await connection.command(`MAIL FROM:<${sender}>`);
  if (!mail.ok) return { fault: `no answer to MAIL: ${words(mail)}` };
  if (mail.reply.code === 530)
    return {
      fault: `it takes no mail outside TLS, in which a drill does not speak (${quoteReply(mail.reply)})`,
      login: true,
    };
  if (mail.reply.code >= 300)
    return {
      fault: `it takes no mail from ${sender} (${quoteReply(mail.reply)}); --sender names an address that it takes mail from`,
    };
  if (recipient !== null) {
    const asked = await connection.command(`RCPT TO:<${recipient}>`);
    if (!asked.ok) return { fault: `no answer to RCPT: ${words(asked)}` };
    // A 4xx may be greylisting, of which attacks that need the recipient will tell.
    if (asked.reply.code >= 500)
      return {
        fault: `it takes no mail for ${recipient} (${quoteReply(asked.reply)}); ${
          port === SUBMISSION
            ? `port ${SUBMISSION} is for who logs in: without --recipient it is drilled as far as a stranger comes`
            : '--recipient names an address that it takes mail for'
        }`,
      };
  }
  const reset = await connection.command('RSET');
  return reset.ok ? null : { fault: `no answer to RSET: ${words(reset)}` };
}

/** True if the server offers AUTH, in clear or inside TLS: then it is a door of submission, and may refuse who has not logged in. */
async function offersLogin(connection: SmtpConnection, { host, hello }: Briefing, ehlo: EhloAnswer): Promise<boolean> {
  if (offers(ehlo, 'AUTH') !== undefined) return true;
  if (offers(ehlo, 'STARTTLS') === undefined) return false;
  const ready = await connection.command('STARTTLS');
  if (!ready.ok || ready.reply.code !== 220) return false;
  const began = await connection.startTls({ servername: host });
  if ('ok' in began || !began.outcome.ok) return false;
  const again = await connection.command(`EHLO ${hello}`);
  return again.ok && offers(readEhlo(again.reply), 'AUTH') !== undefined;
}

const words = (failure: Failure): string => `${failure.reason}: ${brokenWords(failure)}`;

/** Behind the last `@`; empty if there is none. */
export function domainOf(address: string): string {
  return address.includes('@') ? address.slice(address.lastIndexOf('@') + 1).toLowerCase() : '';
}

/**
 * An address the server must take mail for: its postmaster (RFC 5321 §4.5.1), at the domain above the server's name, at the name itself, or
 * at no domain at all. Null if none is taken.
 */
async function findRecipient(connection: SmtpConnection, sender: string, serverName: string): Promise<string | null> {
  const above = serverName.split('.').slice(1).join('.');
  const domains = [...(above.includes('.') ? [above] : []), ...(/^[\w.-]+$/.test(serverName) ? [serverName] : [])];
  for (const candidate of [...domains.map((domain) => `postmaster@${domain}`), 'postmaster']) {
    const mail = await connection.command(`MAIL FROM:<${sender}>`);
    if (!mail.ok || mail.reply.code >= 300) return null;
    const asked = await connection.command(`RCPT TO:<${candidate}>`);
    if (!asked.ok) return null;
    await connection.command('RSET');
    if (asked.reply.code < 300) return candidate;
  }
  return null;
}
