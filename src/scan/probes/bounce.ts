import { UnreachedError } from '../../finding/unreached.ts';
import { loadBounceWords, loadTelltaleFields } from '../../knowledge/load-words.ts';
import { type NdrReader, ndrReader } from '../../ndr/read.ts';
import type { Turn } from '../../net/pace.ts';
import type { SmtpConnection } from '../../net/smtp-connection.ts';
import { identify } from '../../platform/identify.ts';
import { readMessage, textOf } from '../../wire/mime/message.ts';
import { offers, readEhlo } from '../../wire/smtp/ehlo.ts';
import { type Reply, replyText } from '../../wire/smtp/reply.ts';
import type { BounceBox, EndpointTarget, Probe, ScanTools } from '../probe.ts';
import type { BounceReport, BounceSeen, LetterStep } from './bounce-seen.ts';
import type { Exchange } from './visit-seen.ts';

/** Letters of the name that cannot exist, by which its report is known again. */
const TOKEN_LENGTH = 20;
const LOOK_EVERY_MS = 500;
/** Characters of a report's header and text that are kept. */
const KEPT = 8_192;
const QUOTE_MAX = 200;

/**
 * Writes one harmless letter to `<random>@domain` and reads the report that comes back to the asker's own mailbox. A server that refuses the
 * recipient has given the good answer and gets no letter. It never writes twice, and waits no longer than the mailbox's patience.
 */
export const bounce: Probe<'bounce', EndpointTarget, BounceSeen> = {
  name: 'bounce',
  connections: 1,
  async look(target, tools) {
    const { bounces } = tools;
    if (bounces === undefined)
      throw new UnreachedError('not-permitted', 'it needs a mailbox to come back to: --bounce-from and --mailbox');
    const letter = { token: tools.token(TOKEN_LENGTH), box: bounces };
    // A letter whose report could not be read afterwards is not written.
    await bounces.holding(letter.token);
    const sent = await send(target, letter, tools);
    if (!sent.taken) return { ...sent, waited: 0, report: null };
    const began = tools.clock.monotonic();
    const message = await waitFor(letter, tools);
    const waited = Math.round(tools.clock.monotonic() - began);
    return { ...sent, waited, report: message === null ? null : readReport(message) };
  },
  *missed({ taken, report, waited }) {
    if (taken && report === null)
      yield {
        part: 'the report about mail to nobody',
        reason: 'timeout',
        detail: `the letter was taken and no report came within ${Math.round(waited / 1000)} s`,
      };
  },
};

interface Letter {
  readonly token: string;
  readonly box: BounceBox;
}

type Sent = Omit<BounceSeen, 'waited' | 'report'>;

async function send(target: EndpointTarget, letter: Letter, tools: ScanTools): Promise<Sent> {
  const signal = tools.signal === undefined ? {} : { signal: tools.signal };
  const turn = await tools.pace.enter(target.address, tools.signal);
  if (!turn.ok) throw new UnreachedError(turn.reason, turn.detail);
  try {
    const opened = await tools.smtp.open(target.pinned ?? target, signal);
    if (!opened.ok) throw new UnreachedError(opened.reason, opened.detail);
    try {
      return await converse(opened.connection, turn, target, letter, tools);
    } finally {
      opened.connection.close();
    }
  } finally {
    turn.leave();
  }
}

async function converse(
  connection: SmtpConnection,
  turn: Turn,
  target: EndpointTarget,
  letter: Letter,
  tools: ScanTools,
): Promise<Sent> {
  const recipient = `${letter.token}@${mailDomain(target.domain)}`;
  /** The answer to a command; a server that wants no more, or asks to come back later, ends the look. */
  async function ask(command: string | null, answering: ReturnType<SmtpConnection['command']>): Promise<Exchange> {
    const answer = await answering;
    if (!answer.ok) throw new UnreachedError(answer.reason, answer.detail);
    const { reply, at, took } = answer;
    if (reply.code === 421) turn.stop(quote(reply));
    if (reply.code >= 400 && reply.code < 500) throw new UnreachedError('throttled', quote(reply));
    return { command, reply, at, took };
  }
  /** As `ask`, for what must be granted before the recipient can be named. */
  async function need(command: string, ...codes: readonly number[]): Promise<Exchange> {
    const exchange = await ask(command, connection.command(command));
    if (!codes.includes(exchange.reply.code)) throw new UnreachedError('rejected', quote(exchange.reply));
    return exchange;
  }
  const settled = (step: LetterStep, answer: Exchange): Sent => ({
    recipient,
    lines: [...connection.lines],
    answer,
    step,
    taken: answer.reply.code < 300,
  });

  const greeting = await ask(null, connection.greeting());
  if (greeting.reply.code !== 220) throw new UnreachedError('rejected', quote(greeting.reply));
  const hello = `EHLO ${tools.asker.hostName}`;
  const met = await need(hello, 250);
  if (offers(readEhlo(met.reply), 'STARTTLS') !== undefined) {
    await need('STARTTLS', 220);
    const began = await connection.startTls({ servername: target.name });
    if ('ok' in began) throw new UnreachedError(began.reason, began.detail);
    if (!began.outcome.ok) throw new UnreachedError('tls-failed', began.outcome.detail);
    await need(hello, 250);
  }
  await need(`MAIL FROM:<${letter.box.address}>`, 250);
  const to = `RCPT TO:<${recipient}>`;
  const named = await ask(to, connection.command(to));
  if (named.reply.code >= 500) {
    turn.provoked();
    await connection.command('QUIT');
    return settled('recipient', named);
  }
  const data = await ask('DATA', connection.command('DATA'));
  if (data.reply.code !== 354) return settled('data', data);
  connection.send(Buffer.from(textOfLetter(recipient, letter, tools), 'utf8'));
  const taken = await ask('.', connection.reply());
  await connection.command('QUIT');
  return settled('message', taken);
}

function textOfLetter(recipient: string, { token, box }: Letter, tools: ScanTools): string {
  const date = new Date(tools.clock.now()).toUTCString().replace('GMT', '+0000');
  return [
    `From: <${box.address}>`,
    `To: <${recipient}>`,
    'Subject: A letter to nobody',
    `Date: ${date}`,
    `Message-ID: <${token}@${tools.asker.hostName}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'This is a test of what this server does with mail to an address that does not exist.',
    `It is allowed by: ${box.authorised.replace(/[\r\n]+/g, ' ').slice(0, QUOTE_MAX)}`,
    '.',
    '',
  ].join('\r\n');
}

/** The report, as soon as it is there; null if none came in time. */
async function waitFor({ token, box }: Letter, tools: ScanTools): Promise<Buffer | null> {
  const until = tools.clock.monotonic() + box.patience;
  for (;;) {
    const [found] = await box.holding(token);
    if (found !== undefined) return found;
    if (tools.clock.monotonic() >= until || tools.signal?.aborted === true) return null;
    await tools.clock.sleep(LOOK_EVERY_MS);
  }
}

let shared: NdrReader | undefined;

function readReport(bytes: Buffer): BounceReport {
  shared ??= ndrReader({ words: loadBounceWords(), telltale: loadTelltaleFields(), identify });
  const message = readMessage(bytes);
  const { reporter, reportingHost, recipients, disclosures } = shared.read(message, '');
  const [root] = message.parts;
  const text = message.parts.find(({ type, children }) => type === 'text' && children.length === 0);
  return {
    header: (root?.header.text() ?? '').slice(0, KEPT),
    text: text === undefined ? '' : textOf(message, text).slice(0, KEPT),
    reporter,
    reportingHost,
    recipients,
    disclosures: disclosures.map(({ rule, ...told }) => ({ ...told, rule: rule.id })),
  };
}

/** RFC 5321 §4.1.3: a server without a name is written as an address literal. */
function mailDomain(domain: string): string {
  if (domain.includes(':')) return `[IPv6:${domain}]`;
  return /^[\d.]+$/.test(domain) ? `[${domain}]` : domain;
}

function quote(reply: Reply): string {
  return `${reply.code} ${replyText(reply)}`.slice(0, QUOTE_MAX);
}
