import type { Clock } from '../net/clock.ts';
import type { Extra, RecipientAnswer, UpstreamResult, UpstreamTransaction } from '../net/upstream-transaction.ts';
import { showMailbox } from '../wire/smtp/path.ts';
import type { AskUpstream } from './filter.ts';
import type { Envelope, Recipient } from './stage.ts';
import type { HandOn, HandOnRequest, Upstream } from './upstream.ts';

/** The connections to a server behind the edge, as `net` offers them. */
export interface Relay {
  readonly available: boolean;
  readonly offer: { readonly size: number | null; readonly words: ReadonlySet<string> } | null;
  handOn(transaction: UpstreamTransaction): Promise<UpstreamResult>;
  close(): void;
}

/** Puts messages into the words of SMTP for a relay, and makes one answer of what it says about each recipient. */
export function relayUpstream(relay: Relay): Upstream {
  return {
    get available() {
      return relay.available;
    },
    get size() {
      return relay.offer?.size ?? null;
    },
    offers: (extension) => relay.offer?.words.has(extension) ?? false,
    async handOn(request) {
      return judge(await relay.handOn(transactionOf(request)));
    },
    async close() {
      relay.close();
    },
  };
}

/** A message as lines and bytes for the wire. The bytes are those that came, dot-stuffing included: nothing is undone and done again. */
export function transactionOf(request: HandOnRequest): UpstreamTransaction {
  const { envelope, recipients, trace, message } = request;
  return {
    sender: `FROM:<${envelope.sender === null ? '' : showMailbox(envelope.sender)}>`,
    senderExtras: senderExtras(envelope),
    recipients: recipients.map((recipient) => ({
      path: `TO:<${showMailbox(recipient.mailbox)}>`,
      extras: recipientExtras(recipient),
    })),
    size: message.size + trace.length,
    head: trace,
    body: message.pieces,
    deadline: request.deadline,
    wanted: () => request.wanted(),
  };
}

function senderExtras({ parameters }: Envelope): Extra[] {
  const extras: Extra[] = [];
  const add = (extension: string, text: string, needed = false) => extras.push({ extension, text, needed });
  if (parameters.body === '8BITMIME') add('8BITMIME', 'BODY=8BITMIME');
  if (parameters.smtpUtf8) add('SMTPUTF8', 'SMTPUTF8', true);
  if (parameters.requireTls) add('REQUIRETLS', 'REQUIRETLS', true);
  if (parameters.ret !== null) add('DSN', `RET=${parameters.ret}`);
  if (parameters.envid !== null) add('DSN', `ENVID=${parameters.envid}`);
  return extras;
}

function recipientExtras({ notify, orcpt }: Recipient): Extra[] {
  return [
    ...(notify === null ? [] : [{ extension: 'DSN', text: `NOTIFY=${notify}`, needed: false }]),
    ...(orcpt === null ? [] : [{ extension: 'DSN', text: `ORCPT=${orcpt}`, needed: false }]),
  ];
}

function judge(result: UpstreamResult): HandOn {
  if (result.kind === 'failed') return { kind: 'unavailable', detail: result.detail };
  const refused = result.recipients.filter(({ outcome }) => outcome === 'refused');
  const [first] = result.recipients;
  if (refused.length === 0) return { kind: 'accepted', detail: words(first) };
  // One answer stands for all recipients: unless each is refused for good, the peer must keep the message.
  const forGood = refused.length === result.recipients.length && refused.every(({ code }) => code >= 500);
  const worst = refused.find(({ code }) => (forGood ? true : code < 500)) ?? refused[0];
  if (worst === undefined) return { kind: 'unavailable', detail: 'no recipients' };
  const code = forGood || worst.code < 500 ? worst.code : 451;
  return { kind: 'refused', code, status: worst.status, detail: words(worst) };
}

function words(answer: RecipientAnswer | undefined): string {
  return answer === undefined ? '' : `${answer.code} ${answer.text}`;
}

/** Asks a relay whether it would take a recipient, as a bounce would come: by MAIL and RCPT, without a message. */
export function recipientAsker(relay: Relay, clock: Clock, patience: number): AskUpstream {
  return async (address) => {
    if (!relay.available) return 'unknown';
    const result = await relay.handOn({
      sender: 'FROM:<>',
      senderExtras: [],
      recipients: [{ path: `TO:<${address}>`, extras: [] }],
      size: 0,
      head: '',
      body: [],
      probe: true,
      deadline: clock.monotonic() + Math.min(patience, QUESTION),
      wanted: () => true,
    });
    if (result.kind === 'failed') return 'unknown';
    const [answer] = result.recipients;
    if (answer === undefined) return 'unknown';
    // `withheld`: the server takes no bounces from us, so it cannot be asked; the message itself will show.
    if (answer.outcome !== 'refused') return 'taken';
    return answer.code >= 500 ? 'refused' : 'later';
  };
}

/** Milliseconds that a question about a recipient may take. */
const QUESTION = 20_000;
