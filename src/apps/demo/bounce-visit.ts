import type { NdrReport } from '../../finding/ndr-report.ts';
import { loadBounceWords, loadTelltaleFields } from '../../knowledge/load-words.ts';
import { ndrReader } from '../../ndr/read.ts';
import { identify } from '../../platform/identify.ts';
import type { Sink } from '../../range/bounce.ts';
import type { EndpointTarget, ScanTools } from '../../scan/probe.ts';
import { readMessage } from '../../wire/mime/message.ts';
import { CannotError } from '../cli/io.ts';

/** How long a bounce may take to come back. */
const BOUNCE_MS = 10_000;

/** Writes to an address that does not exist and reads the bounce that comes back to the sink. */
export async function fetchBounce(target: EndpointTarget, sink: Sink, tools: ScanTools): Promise<NdrReport> {
  const token = tools.token(20);
  const recipient = `${tools.token(16)}@${target.domain}`;
  const turn = await tools.pace.enter(target.address);
  if (!turn.ok) throw new CannotError(`the range gave no turn: ${turn.detail}`);
  try {
    await send(target, recipient, token, tools);
  } finally {
    turn.leave();
  }
  const message = await sink.find(tools.asker.mailbox, token, AbortSignal.timeout(BOUNCE_MS));
  return ndrReader({ words: loadBounceWords(), telltale: loadTelltaleFields(), identify }).read(
    readMessage(message),
    'bounce.eml',
  );
}

async function send(target: EndpointTarget, recipient: string, token: string, tools: ScanTools): Promise<void> {
  const opened = await tools.smtp.open(target.pinned ?? target);
  if (!opened.ok) throw new CannotError(`${target.name} cannot be reached: ${opened.detail}`);
  const { connection } = opened;
  const { hostName, mailbox } = tools.asker;
  const text = `From: <${mailbox}>\r\nTo: <${recipient}>\r\nSubject: Nobody here\r\nMessage-ID: <${token}@${hostName}>\r\nX-Mailer: mailward\r\n\r\nA letter to nobody.\r\n.\r\n`;
  try {
    const greeting = await connection.greeting();
    if (!greeting.ok) throw new CannotError(`${target.name} does not greet: ${greeting.detail}`);
    for (const line of [`EHLO ${hostName}`, `MAIL FROM:<${mailbox}>`, `RCPT TO:<${recipient}>`, 'DATA']) {
      const answer = await connection.command(line);
      if (!answer.ok) throw new CannotError(`${target.name} ended at ${line.slice(0, 4)}: ${answer.detail}`);
    }
    connection.send(Buffer.from(text, 'latin1'));
    const taken = await connection.reply();
    if (!taken.ok) throw new CannotError(`${target.name} ended in the message: ${taken.detail}`);
    await connection.command('QUIT');
  } finally {
    connection.close();
  }
}
