import type { Identity } from '../finding/identity.ts';
import type {
  BounceAction,
  Disclosure,
  NdrHop,
  NdrKind,
  NdrOriginal,
  NdrRecipient,
  NdrReport,
} from '../finding/ndr-report.ts';
import type { BounceWords, TelltaleField } from '../knowledge/load-words.ts';
import { type DeliveryStatus, readDeliveryStatus } from '../wire/dsn/delivery-status.ts';
import { linesOf } from '../wire/dsn/fields.ts';
import type { Received } from '../wire/dsn/received.ts';
import { type Message, readMessage } from '../wire/mime/message.ts';
import { findAddresses, sameAddress } from './address-span.ts';
import type { TelltaleFields } from './clue.ts';
import { disclosuresOf, type ReceivedSoftware } from './disclosures.ts';
import { type Entry, findEntries } from './entries.ts';
import { forms, lastForms } from './forms/index.ts';
import { sesNotification } from './forms/ses-notification.ts';
import { hopsOf, receivedOf } from './hops.ts';
import { type KindReader, kindReader } from './kind.ts';
import { type Material, materialOf } from './material.ts';
import { type ReasonReader, reasonReader } from './reason.ts';
import { type Finding, findingOfEntry, findingOfStatus, judgeRecipient } from './recipients.ts';
import { reportingHostOf } from './reporting-host.ts';
import { reporterOf, showSoftware, softwareReader } from './software.ts';
import { telltaleFields } from './telltale.ts';
import { newVocabulary } from './vocabulary.ts';

/** What reading needs from outside: words, telling fields, and one who names software. */
export interface NdrTools {
  readonly words: BounceWords;
  readonly telltale: readonly TelltaleField[];
  /** Names the product behind header lines and report texts; costs little, as it is asked for each hop. */
  readonly identify: (sightings: readonly { readonly kind: 'header' | 'ndr'; readonly text: string }[]) => Identity;
}

/**
 * Reads any message: what happened if it is a report, its way and what it gives away in any case. The costlier parts are worked out when they
 * are first asked for, so that who wants only recipients does not pay for disclosures.
 */
export interface NdrReader {
  read(message: Message, file: string): NdrReport;
}

/** Compiles the knowledge once. The reader keeps no state between messages. */
export function ndrReader(tools: NdrTools): NdrReader {
  const vocabulary = newVocabulary();
  const readers: Readers = {
    reasons: reasonReader(tools.words, vocabulary),
    kinds: kindReader(tools.words, vocabulary),
    telltale: telltaleFields(tools.telltale),
    softwareOf: softwareReader(tools.identify),
    identify: tools.identify,
  };
  return { read: (message, file) => readNdr(message, file, readers) };
}

/** A report inside a report is looked at where the outer one names nobody; deeper ones are not. */
const MAX_NESTING = 2;

function readNdr(message: Message, file: string, readers: Readers): NdrReport {
  const material = materialOf(message);
  return new LazyReport(file, material, readers.kinds(material), readers);
}

/** A report whose parts are worked out when they are first asked for. */
class LazyReport implements NdrReport {
  readonly file: string;
  readonly kind: NdrKind;
  readonly isBounce: boolean;
  readonly #isReport: boolean;
  readonly #material: Material;
  readonly #readers: Readers;
  #softwareOf: ReceivedSoftware | undefined;
  #received: readonly Received[] | undefined;
  #reporter: Identity | null | undefined;
  #reportingHost: string | null | undefined;
  #recipients: readonly NdrRecipient[] | undefined;
  #hops: readonly NdrHop[] | undefined;
  #disclosures: readonly Disclosure[] | undefined;
  #forwarded: LazyReport | null | undefined;

  constructor(file: string, material: Material, kind: NdrKind, readers: Readers) {
    this.file = file;
    this.kind = kind;
    this.isBounce = kind === 'failure' || kind === 'delay';
    this.#isReport = kind !== 'mail';
    this.#material = material;
    this.#readers = readers;
  }

  get reporter(): Identity | null {
    if (this.#reporter === undefined)
      this.#reporter = this.#isReport
        ? reporterOf(this.#material, this.#receivedLines, this.reportingHost, this.#readers.identify)
        : null;
    return this.#reporter;
  }

  get reportingHost(): string | null {
    if (this.#reportingHost === undefined)
      this.#reportingHost = this.#isReport ? reportingHostOf(this.#material) : null;
    return this.#reportingHost;
  }

  get recipients(): readonly NdrRecipient[] {
    this.#recipients ??= this.#isReport
      ? recipientsOf(this.#material, this.kind, this.reportingHost, this.#readers, 1)
      : (this.#forwardedReport?.recipients ?? []);
    return this.#recipients;
  }

  get original(): NdrOriginal | null {
    return this.#isReport ? this.#material.original : (this.#forwardedReport?.original ?? null);
  }

  /** The report that an ordinary message brings as an attachment; null if it brings none. */
  get #forwardedReport(): LazyReport | null {
    this.#forwarded ??= this.kind === 'mail' ? forwardedIn(this.#material, this.file, this.#readers) : null;
    return this.#forwarded;
  }

  get hops(): readonly NdrHop[] {
    this.#hops ??= hopsOf(this.#receivedLines, (one) => showSoftware(this.#software(one)));
    return this.#hops;
  }

  get disclosures(): readonly Disclosure[] {
    this.#disclosures ??= disclosuresOf(
      this.#material,
      this.#receivedLines,
      (one) => this.#software(one),
      this.#readers.telltale,
      this.reporter,
      this.#isReport,
    );
    return this.#disclosures;
  }

  #software(received: Received): ReturnType<ReceivedSoftware> {
    this.#softwareOf ??= once(this.#readers.softwareOf);
    return this.#softwareOf(received);
  }

  get #receivedLines(): readonly Received[] {
    this.#received ??= receivedOf(this.#material.header);
    return this.#received;
  }
}

function forwardedIn({ message, enclosed }: Material, file: string, readers: Readers): LazyReport | null {
  if (enclosed === null || !message.parts.some(({ type, subtype }) => type === 'message' && subtype === 'rfc822'))
    return null;
  const inner = materialOf(readMessage(enclosed));
  const kind = readers.kinds(inner);
  // A message that was sent on may hold another: only what it is itself counts.
  return kind === 'mail' ? null : new LazyReport(file, inner, kind, readers);
}

/** Hops and clues ask about the same lines. */
function once(softwareOf: ReceivedSoftware): ReceivedSoftware {
  const told = new Map<Received, ReturnType<ReceivedSoftware>>();
  return (received) => {
    if (!told.has(received)) told.set(received, softwareOf(received));
    return told.get(received);
  };
}

interface Readers {
  readonly reasons: ReasonReader;
  readonly kinds: KindReader;
  readonly telltale: TelltaleFields;
  readonly softwareOf: ReceivedSoftware;
  readonly identify: NdrTools['identify'];
}

function recipientsOf(
  material: Material,
  kind: NdrKind,
  lhost: string | null,
  readers: Readers,
  depth: number,
): readonly NdrRecipient[] {
  if (kind === 'autoreply' || kind === 'feedback') {
    const read = sesNotification.read?.(material, { lhost }) ?? [];
    if (read.length > 0) return read.map((finding) => judgeRecipient(finding, readers.reasons));
    return kind === 'autoreply' ? [notice(senderOf(material), 'vacation', lhost)] : feedbackRecipients(material, lhost);
  }
  if (kind === 'challenge' || kind === 'receipt') return [];
  const sure = findingsOf(material, kind, lhost);
  if (sure.length > 0) return sure.map((finding) => judgeRecipient(finding, readers.reasons));
  const nested =
    depth < MAX_NESTING && material.enclosed !== null ? nestedRecipients(material.enclosed, readers, depth) : [];
  if (nested.length > 0) return nested;
  return guesses(material, kind, lhost).map((finding) => judgeRecipient(finding, readers.reasons));
}

function nestedRecipients(bytes: Buffer, readers: Readers, depth: number): readonly NdrRecipient[] {
  const inner = materialOf(readMessage(bytes));
  const kind = readers.kinds(inner);
  return kind === 'failure' || kind === 'delay'
    ? recipientsOf(inner, kind, reportingHostOf(inner), readers, depth + 1)
    : [];
}

/** What the report itself says: by its form, its machine-readable part or its text. */
function findingsOf(material: Material, kind: NdrKind, lhost: string | null): Finding[] {
  const form = forms.find((one) => one.recognises(material));
  const read = form?.read?.(material, { lhost }) ?? [];
  if (read.length > 0) return [...read];
  const status = material.status ?? statusInText(material);
  const named = new NamedAddresses(material, status);
  const whole = [material.text, material.subject];
  const name = form?.name ?? null;
  if (status !== null && status.recipients.length > 0) {
    const findings = status.recipients.flatMap((recipient) => {
      const entry = () =>
        entryFor(
          named.entries,
          recipient.finalRecipient?.value,
          recipient.originalRecipient?.value,
          status.recipients.length,
        );
      return findingOfStatus(recipient, entry, whole, lhost, name) ?? [];
    });
    if (findings.length > 0) return findings;
  }
  return named.failedEntries().map((entry) => findingOfEntry(entry, whole, actionFor(kind), lhost, name));
}

/** The addresses that a report names, by what they are to it. Most reports with a machine-readable part are read without them. */
class NamedAddresses {
  readonly #material: Material;
  readonly #status: DeliveryStatus | null;
  readonly #failed: readonly string[];
  #known: readonly string[] | undefined;
  #own: readonly string[] | undefined;
  #entries: readonly Entry[] | undefined;

  constructor(material: Material, status: DeliveryStatus | null) {
    this.#material = material;
    this.#status = status;
    this.#failed = addressesOf(material.header.rawAll('x-failed-recipients'));
  }

  /** What the text says, by address. */
  get entries(): readonly Entry[] {
    this.#entries ??= findEntries(
      this.#material.lines,
      (address) => this.#isKnown(address),
      (address) => this.#isOwn(address),
    );
    return this.#entries;
  }

  /** Told elsewhere in the report, too. */
  #isKnown(address: string): boolean {
    this.#known ??= [...this.#failed, ...toldBy(this.#status), ...sentTo(this.#material)];
    return this.#known.some((one) => sameAddress(one, address));
  }

  /** Of the reader of the report, or of its writer. */
  #isOwn(address: string): boolean {
    const { header } = this.#material;
    this.#own ??= addressesOf([
      ...header.rawAll('to'),
      ...header.rawAll('from'),
      ...header.rawAll('reply-to'),
      ...valuesOf(this.#material, 'from'),
    ]);
    return this.#own.some((one) => sameAddress(one, address));
  }

  /** The recipients that failed, where no machine-readable part tells. */
  failedEntries(): readonly Entry[] {
    const failed = this.#failed;
    const { entries } = this;
    if (failed.length === 0) return entries;
    const matching = entries.filter((entry) => failed.some((address) => sameAddress(address, entry.address)));
    const missing = failed.filter((address) => !entries.some((entry) => sameAddress(entry.address, address)));
    // A list of the same length with other addresses is the better one: the header may have been rewritten on the way.
    const rewritten =
      matching.length === 0 &&
      entries.length === failed.length &&
      entries.every((entry) => entry.place === 'listed' && !this.#isOwn(entry.address));
    return rewritten ? entries : [...matching, ...missing.map(bareEntry)];
  }
}

function toldBy(status: DeliveryStatus | null): string[] {
  return (status?.recipients ?? [])
    .flatMap(({ finalRecipient, originalRecipient }) => [finalRecipient, originalRecipient])
    .flatMap((typed) => (typed === null ? [] : addressesOf([typed.value])));
}

/** Where the text names nobody: bare names, else the one the returned message was written to. */
function guesses(material: Material, kind: NdrKind, lhost: string | null): Finding[] {
  for (const form of lastForms) {
    const read = form.recognises(material) ? (form.read?.(material, { lhost }) ?? []) : [];
    if (read.length > 0) return [...read];
  }
  return sentTo(material)
    .slice(0, 1)
    .map((address) =>
      findingOfEntry(bareEntry(address), [material.text, material.subject], actionFor(kind), lhost, null),
    );
}

function actionFor(kind: NdrKind): BounceAction | null {
  if (kind === 'delay') return 'delayed';
  if (kind === 'failure') return 'failed';
  return kind === 'delivered' || kind === 'relayed' || kind === 'expanded' ? kind : null;
}

/** The recipient that a Received line names (RFC 5321 §4.4). */
const FOR = /\sfor\s+<([^<>\s]{1,320}@[^<>\s]{1,255})>/;

function sentTo(material: Material): string[] {
  return addressesOf([
    ...valuesOf(material, 'to'),
    ...valuesOf(material, 'cc'),
    ...valuesOf(material, 'x-original-to'),
    ...valuesOf(material, 'received').flatMap((value) => FOR.exec(value)?.[1] ?? []),
  ]);
}

function valuesOf(material: Material, name: string): string[] {
  const found: string[] = [];
  for (const field of material.originalFields) if (field.name === name) found.push(field.value);
  return found;
}

function senderOf(material: Material): string {
  return addressesOf(material.header.rawAll('from'))[0] ?? material.header.raw('from') ?? '';
}

function bareEntry(address: string): Entry {
  return { address, own: '', before: '', more: '', place: 'named' };
}

function entryFor(
  entries: readonly Entry[],
  final: string | undefined,
  original: string | undefined,
  count: number,
): Entry | undefined {
  const wanted = [...findAddresses(final ?? ''), ...findAddresses(original ?? '')].map((span) => span.address);
  return (
    entries.find((entry) => wanted.some((address) => sameAddress(address, entry.address))) ??
    (count === 1 && entries.length === 1 ? entries[0] : undefined)
  );
}

const REPORT_FIELD = /^[^\S\n]*(?:Final-Recipient|Reporting-MTA):/im;

/** Fields of a delivery report that stand in the text itself, as some webmail providers write them. */
function statusInText({ text }: Material): DeliveryStatus | null {
  const found = REPORT_FIELD.exec(text);
  if (found === null) return null;
  return readDeliveryStatus(
    linesOf(text.slice(found.index))
      .map((line) => line.trim())
      .join('\n'),
  );
}

function feedbackRecipients(material: Material, lhost: string | null): NdrRecipient[] {
  const told = material.feedback?.originalRecipients ?? [];
  // Outlook.com returns the message without a report, and names the recipient in a field of its own.
  const marked = addressesOf(valuesOf(material, 'x-hmxmroriginalrecipient'));
  const addresses = told.length > 0 ? told : [...marked, ...sentTo(material)].slice(0, 1);
  const undisclosed = valuesOf(material, 'to')[0] ?? senderOf(material);
  return (addresses.length > 0 ? addresses : [undisclosed]).map((address) => notice(address, 'feedback', lhost));
}

/** A recipient that got the message and answered, by hand or by machine. */
function notice(address: string, reason: 'vacation' | 'feedback', lhost: string | null): NdrRecipient {
  return {
    address,
    originalAddress: null,
    action: 'delivered',
    status: null,
    replyCode: null,
    reason,
    diagnostic: null,
    remoteHost: null,
    lhost,
  };
}

function addressesOf(values: readonly string[]): string[] {
  const found: string[] = [];
  for (const value of values) for (const { address } of findAddresses(value)) found.push(address);
  return found;
}
