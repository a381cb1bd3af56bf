import { fieldOf, type ReportField, readFieldGroups } from './fields.ts';

/** A message/feedback-report part (RFC 5965 §3): someone complained about a message, or its authentication failed (RFC 6591). */
export interface FeedbackReport {
  /** `abuse`, `fraud`, `not-spam`, `virus`, `opt-out`, `auth-failure`, `other` …, in lower case. */
  readonly type: string;
  readonly userAgent: string | null;
  readonly originalMailFrom: string | null;
  /** Addresses without brackets, in order. */
  readonly originalRecipients: readonly string[];
  readonly reportingMta: string | null;
  readonly sourceAddress: string | null;
  readonly arrivalDate: string | null;
  readonly fields: readonly ReportField[];
}

/** Reads a feedback report. Blank lines inside it are ignored. Never throws. */
export function readFeedbackReport(text: string): FeedbackReport {
  const fields = readFieldGroups(text).flat();
  const one = (name: string) => fieldOf(fields, name) ?? null;
  return {
    type: (one('feedback-type') ?? 'other').toLowerCase(),
    userAgent: one('user-agent'),
    originalMailFrom: one('original-mail-from'),
    originalRecipients: fields
      .filter((field) => field.name === 'original-rcpt-to' || field.name === 'removal-recipient')
      .map((field) => withoutBrackets(field.value))
      .filter((address) => address !== ''),
    reportingMta: afterType(one('reporting-mta')),
    sourceAddress: one('source-ip') ?? one('source'),
    arrivalDate: one('arrival-date') ?? one('received-date'),
    fields,
  };
}

function withoutBrackets(value: string): string {
  const open = value.indexOf('<');
  const close = value.indexOf('>', open + 1);
  return (open !== -1 && close !== -1 ? value.slice(open + 1, close) : value).trim();
}

function afterType(value: string | null): string | null {
  if (value === null) return null;
  return value.slice(value.indexOf(';') + 1).trim();
}
