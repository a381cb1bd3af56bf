import type { BounceAction, NdrKind, NdrRecipient, NdrReport } from '../finding/ndr-report.ts';
import type { BounceWords } from '../knowledge/load-words.ts';
import { readDeliveryStatus } from '../wire/dsn/delivery-status.ts';
import type { Message } from '../wire/mime/message.ts';
import { findAddresses, sameAddress } from './address-span.ts';
import { type Entry, findEntries } from './entries.ts';
import { type KindReader, kindReader } from './kind.ts';
import { type Material, materialOf } from './material.ts';
import { type ReasonReader, reasonReader } from './reason.ts';
import { findingOfEntry, findingOfStatus, hostOf, judgeRecipient } from './recipients.ts';

/** The knowledge that reading needs, compiled once. */
export interface NdrReader {
  read(message: Message, file: string): NdrReport;
}

export function ndrReader(words: BounceWords): NdrReader {
  const reasons = reasonReader(words);
  const kinds = kindReader(words);
  return { read: (message, file) => readNdr(message, file, reasons, kinds) };
}

function readNdr(message: Message, file: string, reasons: ReasonReader, kinds: KindReader): NdrReport {
  const material = materialOf(message);
  const kind = kinds(material);
  const reportingHost = reportingHostOf(material);
  const isReport = kind !== 'mail';
  return {
    file,
    isBounce: kind === 'failure' || kind === 'delay',
    kind,
    reporter: null,
    reportingHost: isReport ? reportingHost : null,
    recipients: isReport ? recipientsOf(material, kind, reportingHost, reasons) : [],
    original: isReport ? material.original : null,
    hops: [],
    disclosures: [],
  };
}

function recipientsOf(material: Material, kind: NdrKind, lhost: string | null, reasons: ReasonReader): NdrRecipient[] {
  const failed = addressesOf(material.header.rawAll('x-failed-recipients'));
  const sentTo = addressesOf(
    material.originalFields
      .filter((field) => field.name === 'to' || field.name === 'cc' || field.name === 'x-original-to')
      .map((field) => field.value),
  );
  const own = addressesOf([
    ...material.header.rawAll('to'),
    ...material.header.rawAll('from'),
    ...material.header.rawAll('reply-to'),
    ...material.originalFields.filter((field) => field.name === 'from').map((field) => field.value),
  ]);
  const status = material.status ?? statusInText(material);
  const told = (status?.recipients ?? [])
    .flatMap((recipient) => [recipient.finalRecipient, recipient.originalRecipient])
    .flatMap((typed) => (typed === null ? [] : findAddresses(typed.value).map((span) => span.address)));
  const known = [...failed, ...told, ...sentTo];
  const isKnown = (address: string) => known.some((one) => sameAddress(one, address));
  const entries = findEntries(material.lines, isKnown, (address) => own.some((one) => sameAddress(one, address)));
  const whole = [material.lines.join('\n'), material.subject].join('\n');
  if (kind === 'feedback') return feedbackRecipients(material, sentTo, lhost);
  if (kind === 'autoreply' || kind === 'challenge' || kind === 'receipt')
    return kind === 'autoreply' ? replyRecipients(material, lhost) : [];
  if (status !== null && status.recipients.length > 0) {
    const findings = status.recipients.flatMap((recipient) => {
      const entry = entryFor(
        entries,
        recipient.finalRecipient?.value,
        recipient.originalRecipient?.value,
        status.recipients.length,
      );
      return findingOfStatus(recipient, entry, whole, lhost) ?? [];
    });
    if (findings.length > 0) return findings.map((finding) => judgeRecipient(finding, reasons));
  }
  const action: BounceAction | null =
    kind === 'delay'
      ? 'delayed'
      : kind === 'failure'
        ? 'failed'
        : kind === 'delivered' || kind === 'relayed' || kind === 'expanded'
          ? kind
          : null;
  const missing = failed.filter((address) => !entries.some((entry) => sameAddress(entry.address, address)));
  const all =
    failed.length > 0
      ? entries.filter((entry) => failed.some((address) => sameAddress(address, entry.address)))
      : entries;
  const named: Entry[] = [...all, ...missing.map(bareEntry)];
  const found = named.length > 0 ? named : sentTo.slice(0, 1).map(bareEntry);
  return found.map((entry) => judgeRecipient(findingOfEntry(entry, whole, action, lhost, null), reasons));
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

/** Fields of a delivery report that stand in the text itself, as some webmail providers write them. */
function statusInText(material: Material) {
  const at = material.lines.findIndex((line) => /^\s*(?:Final-Recipient|Reporting-MTA):/i.test(line));
  if (at === -1) return null;
  return readDeliveryStatus(
    material.lines
      .slice(at)
      .map((line) => line.trim())
      .join('\n'),
  );
}

function feedbackRecipients(material: Material, sentTo: readonly string[], lhost: string | null): NdrRecipient[] {
  const addresses = material.feedback?.originalRecipients ?? [];
  return (addresses.length > 0 ? addresses : sentTo.slice(0, 1)).map((address) => ({
    address,
    originalAddress: null,
    action: 'delivered',
    status: null,
    replyCode: null,
    reason: 'feedback',
    diagnostic: null,
    remoteHost: null,
    lhost,
  }));
}

function replyRecipients(material: Material, lhost: string | null): NdrRecipient[] {
  return addressesOf(material.header.rawAll('from'))
    .slice(0, 1)
    .map((address) => ({
      address,
      originalAddress: null,
      action: 'delivered',
      status: null,
      replyCode: null,
      reason: 'vacation',
      diagnostic: null,
      remoteHost: null,
      lhost,
    }));
}

function addressesOf(values: readonly string[]): string[] {
  return values.flatMap((value) => findAddresses(value).map((span) => span.address));
}

function reportingHostOf(material: Material): string | null {
  const told = hostOf(material.status?.reportingMta ?? null);
  if (told !== null) return told;
  if (material.feedback?.reportingMta != null) return material.feedback.reportingMta;
  for (const line of material.lines) {
    const named =
      /(?:(?:mail system|postfix program|qmail-send program|program) at(?: host)?|generating server:|servidor (?:de )?gener\w+:|serveur de g\w+ration\s*:|generierender server:)\s+([a-z0-9._-]+)/i.exec(
        line,
      );
    if (named !== null) return (named[1] as string).replace(/\.$/, '');
  }
  const domain = /@([A-Za-z0-9._-]+)/.exec(material.header.raw('from') ?? '');
  return domain === null ? null : (domain[1] as string);
}
