import type { Clock } from '../../net/clock.ts';
import { createDialler, type Endpoint } from '../../net/dialler.ts';
import { createSmtpClient } from '../../net/smtp-client.ts';
import type { SmtpConnection } from '../../net/smtp-connection.ts';
import { CannotError } from '../cli/io.ts';
import { randomToken } from '../compose.ts';

/** An honest letter, and how it arrived: `whole` if it is byte for byte what was sent, but for trace fields in front. */
export interface LetterSent {
  readonly subject: string;
  readonly arrived: 'whole' | 'changed' | 'not';
}

/** Letters as they are written every day, with what is easily broken on the way. */
const BODIES: readonly (readonly [subject: string, body: string])[] = [
  ['A plain letter', 'Dear smith,\r\nthe coal has come.\r\n'],
  ['A letter with dots', 'One\r\n.\r\n..two\r\n...\r\n.three\r\n'],
  ['A letter in UTF-8', 'Gr\u00fc\u00dfe aus der Schmiede, \u00e0 bient\u00f4t\r\n'],
  ['A letter with long lines', `${'anvil '.repeat(160)}\r\n`],
];

/** How often the mailbox is looked into for a letter, and how long in between. Milliseconds. */
const LOOKS = 100;
const LOOK_EVERY_MS = 50;

/** Sends honest letters through a door and compares what arrives with what was sent. */
export async function sendLetters(
  door: Endpoint,
  company: { readonly recipient: string; readonly mailbox: { holding(token: string): Promise<readonly Buffer[]> } },
  clock: Clock,
): Promise<readonly LetterSent[]> {
  const client = createSmtpClient({ clock, dial: createDialler({ clock }) });
  const sent: LetterSent[] = [];
  for (const [subject, body] of BODIES) {
    const token = randomToken(20);
    const letter = Buffer.from(
      `From: Anna <anna@orchard.test>\r\nTo: <${company.recipient}>\r\nSubject: ${subject}\r\nMessage-ID: <${token}@orchard.test>\r\nDate: ${new Date(clock.now()).toUTCString().replace('GMT', '+0000')}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${body}`,
    );
    const opened = await client.open(door);
    if (!opened.ok) throw new CannotError(`the edge cannot be reached: ${opened.detail}`);
    try {
      await deliver(opened.connection, company.recipient, letter);
    } finally {
      opened.connection.close();
    }
    let found: readonly Buffer[] = [];
    for (let look = 0; look < LOOKS && found.length === 0; look += 1) {
      found = await company.mailbox.holding(token);
      if (found.length === 0) await clock.sleep(LOOK_EVERY_MS);
    }
    const [arrived] = found;
    const how = arrived === undefined ? 'not' : arrived.subarray(-letter.length).equals(letter) ? 'whole' : 'changed';
    sent.push({ subject, arrived: how });
  }
  return sent;
}

async function deliver(connection: SmtpConnection, recipient: string, letter: Buffer): Promise<void> {
  await connection.greeting();
  for (const line of [
    'EHLO mx.orchard.test',
    'MAIL FROM:<anna@orchard.test> BODY=8BITMIME',
    `RCPT TO:<${recipient}>`,
    'DATA',
  ])
    await connection.command(line);
  // RFC 5321 §4.5.2: a dot at the beginning of a line is doubled on the way.
  connection.send(Buffer.from(`${letter.toString('latin1').replaceAll(/^\./gm, '..')}.\r\n`, 'latin1'));
  await connection.reply();
  await connection.command('QUIT');
}
