import type { Identity } from '../../finding/identity.ts';
import type { DisclosureKind, NdrRecipient } from '../../finding/ndr-report.ts';
import type { Severity } from '../../finding/rule.ts';
import type { Line } from '../../wire/smtp/line.ts';
import type { Exchange } from './visit-seen.ts';

/** Where the letter to nobody was settled. `message` is the answer to its end. */
export type LetterStep = 'recipient' | 'data' | 'message';

/** What became of one letter to nobody. */
export interface BounceSeen {
  /** The recipient, who cannot exist. */
  readonly recipient: string;
  /** Every line of both directions, in order. */
  readonly lines: readonly Line[];
  /** The answer that settled it: the refusal, or the word that the letter was taken. */
  readonly answer: Exchange;
  readonly step: LetterStep;
  /** True if the server took the letter, and with it the duty to report. */
  readonly taken: boolean;
  /** Milliseconds that were waited for the report. */
  readonly waited: number;
  /** The report that came back; null if the letter was refused, or if none came in time. */
  readonly report: BounceReport | null;
}

/** A report of non-delivery, read: plain data, so that it can be stored and judged again. */
export interface BounceReport {
  /** Header block and text as they came, shortened: identification reads them again when knowledge grows. */
  readonly header: string;
  readonly text: string;
  readonly reporter: Identity | null;
  readonly reportingHost: string | null;
  readonly recipients: readonly NdrRecipient[];
  readonly disclosures: readonly {
    readonly kind: DisclosureKind;
    readonly value: string;
    readonly where: string;
    readonly severity: Severity;
    /** Id of the rule that says why it matters. */
    readonly rule: string;
  }[];
}
