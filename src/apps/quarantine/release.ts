import { withoutTag, withTag } from '../../edge/envelope/bounce-tags.ts';
import { onwardMailbox } from '../../edge/envelope/rewrite.ts';
import { shownAddress } from '../../edge/event.ts';
import { messageOfChunks } from '../../edge/message/message.ts';
import { Pieces } from '../../edge/message/pieces.ts';
import type { EdgeOptions } from '../../edge/options.ts';
import type { QuarantinedDelivery, QuarantineNote } from '../../edge/quarantine.ts';
import type { Envelope, Peer, Recipient, Stages } from '../../edge/stage.ts';
import { type RelayRoutes, transactionOf } from '../../edge/upstream/relay-upstream.ts';
import type { Clock } from '../../net/clock.ts';
import type { UpstreamResult } from '../../net/upstream-transaction.ts';
import { readsOneWay } from '../../wire/smtp/data-scanner.ts';
import { mailboxOf } from './note.ts';

const addressOf = ({ mailbox }: Recipient): string => shownAddress(mailbox);

/** What became of a recipient. `text` is what the server said, or why it was not asked. */
export interface ReleasedRecipient {
  readonly address: string;
  readonly taken: boolean;
  readonly code: number | null;
  readonly text: string;
}

export interface ReleaseSettings {
  readonly routes: RelayRoutes;
  readonly options: EdgeOptions;
  /** Takes out of the header what may not go on, as for every message that is handed on. */
  readonly scrub: (seen: Stages['message']) => unknown;
  readonly clock: Clock;
  /** Milliseconds for each transaction. */
  readonly patience: number;
  /** Told of those that have it now, before the next are tried: a crash in between must not send it to them again. */
  readonly taken: (addresses: readonly string[]) => Promise<void>;
}

/**
 * Hands a message that was kept back on to the servers behind the edge, in the envelope it came in: its sender hears of a bounce that the
 * server may write, as if it had gone on at once, and we write none. A recipient has it when the server's 250 is there, and not before.
 */
export async function release(
  note: QuarantineNote,
  bytes: Buffer,
  settings: ReleaseSettings,
): Promise<ReleasedRecipient[]> {
  const { routes, options, scrub, clock, patience } = settings;
  const pieces = new Pieces();
  pieces.add(bytes.subarray(note.traceSize));
  const message = messageOfChunks(pieces);
  if (!readsOneWay(message.scan))
    return none(note, 'the file was changed: its lines must end with CRLF, and no CR or LF may stand alone');
  const all = note.recipients.map((address, at) => recipientOf(address, note.deliveries[at] as QuarantinedDelivery));
  const seen = { ...peerOf(note), envelope: envelopeOf(note, all, options, clock.now()), recipients: all, message };
  scrub(seen);
  const relayOf = (recipient: Recipient) => routes.of(onwardMailbox(recipient).domain);
  const groups = new Map(all.map((recipient) => [relayOf(recipient), [] as Recipient[]]));
  for (const recipient of all) groups.get(relayOf(recipient))?.push(recipient);
  const trace = bytes.toString('latin1', 0, note.traceSize);
  const told = new Map<Recipient, Told>();
  for (const [relay, recipients] of groups) {
    // A server of one answer for all takes nothing while it refuses one: those that it would have taken go in a transaction of their own.
    for (let owed = recipients; owed.length > 0; ) {
      const deadline = clock.monotonic() + patience;
      const request = { ...seen, recipients: all as [Recipient, ...Recipient[]], trace, deadline, wanted: () => true };
      const result = await relay.handOn(transactionOf(request, owed));
      for (const [at, recipient] of owed.entries()) told.set(recipient, wordsOf(result, at));
      const taken = owed.filter((recipient) => told.get(recipient)?.taken);
      if (taken.length > 0) await settings.taken(taken.map(addressOf));
      const answers = result.kind === 'answered' ? result.recipients : [];
      const held = owed.filter((_, at) => answers[at]?.outcome === 'withheld');
      if (held.length === owed.length) break;
      owed = held;
    }
  }
  return all.map((recipient) => ({ address: addressOf(recipient), ...(told.get(recipient) as Told) }));
}

type Told = Omit<ReleasedRecipient, 'address'>;
/** The same answer for each. */
function none({ recipients }: QuarantineNote, text: string): ReleasedRecipient[] {
  return recipients.map((address) => ({ address, taken: false, code: null, text }));
}

function recipientOf(address: string, { notify, orcpt, onward }: QuarantinedDelivery): Recipient {
  const moved = onward === null ? null : mailboxOf(onward);
  return {
    mailbox: mailboxOf(address) ?? { local: address, domain: '' },
    notify,
    orcpt,
    ...(moved === null ? {} : { onward: moved }),
  };
}

/** The envelope as it was to go on; a bounce tag of ours, which is good for some days, is made anew. */
function envelopeOf(
  { sender, onwardSender, parameters }: QuarantineNote,
  recipients: readonly Recipient[],
  options: EdgeOptions,
  now: number,
): Envelope {
  const onward = onwardSender === null ? null : mailboxOf(onwardSender);
  const envelope: Envelope = { sender: sender === '' ? null : mailboxOf(sender), parameters };
  if (onward === null) return envelope;
  const { mailbox, tag } = withoutTag({ mailbox: onward, notify: null, orcpt: null }, options.controls.bounceTags, now);
  const moved: Envelope = { ...envelope, onward: mailbox };
  return tag === undefined ? moved : withTag(moved, recipients, options, now);
}

function peerOf({ peer, port, hello, extended, direction }: QuarantineNote): Pick<Stages['hello'], 'peer' | 'hello'> {
  const inside = direction === 'out';
  const who: Peer = { address: peer, port, to: { address: '', port: 0 }, exempt: false, inside };
  return { peer: who, hello: { name: hello, extended, tls: null } };
}

function wordsOf(result: UpstreamResult, at: number): Told {
  if (result.kind === 'lacking')
    return { taken: false, code: null, text: `the server lacks ${result.extension}, which the message needs` };
  if (result.kind === 'failed') {
    const doubt = result.sent ? '; it may have arrived all the same' : '';
    return { taken: false, code: null, text: `no answer of the server: ${result.detail}${doubt}` };
  }
  const answer = result.recipients[at];
  if (answer === undefined) return { taken: false, code: null, text: 'no answer of the server' };
  return { taken: answer.outcome === 'accepted', code: answer.code, text: answer.text };
}
