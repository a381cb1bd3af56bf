import { fieldOf, type ReportField, readFieldGroups } from './fields.ts';

/** A value with its type, as in `dns; mx.example` or `rfc822; user@example` (RFC 3464 §2.1.2). The type is in lower case. */
export interface TypedValue {
  readonly type: string;
  readonly value: string;
}

/** What became of one recipient (RFC 3464 §2.3). Fields that are missing or empty are null. */
export interface RecipientStatus {
  readonly finalRecipient: TypedValue | null;
  readonly originalRecipient: TypedValue | null;
  /** In lower case, without the comment that some senders add. */
  readonly action: string | null;
  /** As written, comment and all: `5.1.1 (bad destination mailbox address)`. */
  readonly status: string | null;
  readonly remoteMta: TypedValue | null;
  readonly diagnostic: TypedValue | null;
  readonly fields: readonly ReportField[];
}

/** A message/delivery-status part (RFC 3464 §2). */
export interface DeliveryStatus {
  readonly reportingMta: TypedValue | null;
  readonly receivedFromMta: TypedValue | null;
  readonly arrivalDate: string | null;
  readonly originalEnvelopeId: string | null;
  /** Every per-message field, `X-` fields too. */
  readonly fields: readonly ReportField[];
  readonly recipients: readonly RecipientStatus[];
}

const RECIPIENT_FIELDS = new Set([
  'final-recipient',
  'original-recipient',
  'action',
  'status',
  'remote-mta',
  'diagnostic-code',
  'last-attempt-date',
  'final-log-id',
  'will-retry-until',
  'x-actual-recipient',
]);

/**
 * Reads a message/delivery-status part, leniently: per-message fields may be missing or come last, blank lines may be missing or doubled,
 * and a second `Final-Recipient` starts a new recipient without one. Never throws.
 */
export function readDeliveryStatus(text: string): DeliveryStatus {
  const messageFields: ReportField[] = [];
  const recipientGroups: ReportField[][] = [];
  for (const group of readFieldGroups(text)) {
    let recipient: ReportField[] | undefined;
    for (const field of group) {
      if (recipient === undefined && !RECIPIENT_FIELDS.has(field.name)) {
        messageFields.push(field);
        continue;
      }
      if (recipient === undefined || (field.name === 'final-recipient' && has(recipient, 'final-recipient'))) {
        recipient = joinsLast(recipientGroups, group) ?? [];
        if (recipient.length === 0) recipientGroups.push(recipient);
      }
      recipient.push(field);
    }
  }
  return {
    reportingMta: typed(fieldOf(messageFields, 'reporting-mta')),
    receivedFromMta: typed(fieldOf(messageFields, 'received-from-mta')),
    arrivalDate: fieldOf(messageFields, 'arrival-date') ?? null,
    originalEnvelopeId: fieldOf(messageFields, 'original-envelope-id') ?? null,
    fields: messageFields,
    recipients: recipientGroups.map(recipientStatus),
  };
}

/** The recipient a group belongs to if a blank line cut it in two: the last one lacks the address, or this group does. */
function joinsLast(groups: readonly ReportField[][], group: readonly ReportField[]): ReportField[] | undefined {
  const last = groups.at(-1);
  if (last === undefined) return undefined;
  const names = (fields: readonly ReportField[]) => has(fields, 'final-recipient') || has(fields, 'original-recipient');
  const overlaps = group.some((field) => RECIPIENT_FIELDS.has(field.name) && has(last, field.name));
  return names(last) !== names(group) && !overlaps ? last : undefined;
}

function has(fields: readonly ReportField[], name: string): boolean {
  return fields.some((field) => field.name === name);
}

function recipientStatus(fields: readonly ReportField[]): RecipientStatus {
  const action = fieldOf(fields, 'action');
  return {
    finalRecipient: typed(fieldOf(fields, 'final-recipient')),
    originalRecipient: typed(fieldOf(fields, 'original-recipient')),
    action: action === undefined ? null : (/^[a-z]+/.exec(action.toLowerCase())?.[0] ?? null),
    status: fieldOf(fields, 'status') ?? null,
    remoteMta: typed(fieldOf(fields, 'remote-mta')),
    diagnostic: typed(fieldOf(fields, 'diagnostic-code'), true),
    fields,
  };
}

/** Splits `type; value`. Without a type, or where the text before the semicolon is no single word, the type is empty. */
function typed(text: string | undefined, isText = false): TypedValue | null {
  if (text === undefined) return null;
  const semicolon = text.indexOf(';');
  const type = semicolon === -1 ? '' : text.slice(0, semicolon).trim().toLowerCase();
  if (semicolon === -1 || type.length > 40 || /[^a-z0-9.+_-]/.test(type))
    return { type: '', value: decodeTyped('', text, isText) };
  return { type, value: decodeTyped(type, text.slice(semicolon + 1).trim(), isText) };
}

/** Undoes the `\x{E9}` of utf-8-addr-xtext (RFC 6533 §3). */
function decodeTyped(type: string, value: string, isText: boolean): string {
  if (isText) return value;
  if (type === 'utf-8' && value.includes('\\x{')) {
    return value.replace(/\\x\{([0-9a-fA-F]{1,6})\}/g, (all, hex: string) => {
      const point = Number.parseInt(hex, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : all;
    });
  }
  return value;
}
