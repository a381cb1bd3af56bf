import type { BounceAction, BounceReason, NdrRecipient } from '../finding/ndr-report.ts';
import type { RecipientStatus, TypedValue } from '../wire/dsn/delivery-status.ts';
import { findReply, findStatus, isVague, statusClass } from '../wire/dsn/status-code.ts';
import { findAddresses, sameAddress } from './address-span.ts';
import type { Entry } from './entries.ts';
import type { FailureFacts, Judgement, ReasonReader } from './reason.ts';

/** What a form has found out about one recipient, before it is judged. */
export interface Finding {
  readonly address: string;
  readonly originalAddress: string | null;
  readonly action: BounceAction | null;
  /** Status field of a delivery report, or null. */
  readonly status: string | null;
  /** Texts that tell what happened, the nearest first. The first one with a code gives the code, the first telling one the reason. */
  readonly texts: readonly string[];
  /** The one to quote. */
  readonly diagnostic: string | null;
  readonly remoteHost: string | null;
  readonly lhost: string | null;
  readonly form: string | null;
}

/** Words that weigh less than this do not settle a reason; the next text is asked too. */
const TELLING = 4;
const MAX_DIAGNOSTIC = 2000;

/** Judges one recipient: its codes, the stage and the reason. */
export function judgeRecipient(finding: Finding, reader: ReasonReader): NdrRecipient {
  const status = chooseStatus(finding);
  const replyCode = chooseReply(finding.texts, finding.action, status);
  const facts: FailureFacts = {
    status,
    reply: replyCode,
    stage: firstOf(finding.texts, (text) => reader.stageOf(text)),
    action: finding.action,
    form: finding.form,
  };
  return {
    address: finding.address,
    originalAddress: finding.originalAddress,
    action: finding.action ?? 'failed',
    status,
    replyCode,
    reason: chooseReason(finding, facts, reader),
    diagnostic: finding.diagnostic === null || finding.diagnostic === '' ? null : unfold(finding.diagnostic),
    remoteHost: finding.remoteHost,
    lhost: finding.lhost,
  };
}

function chooseReason(finding: Finding, facts: FailureFacts, reader: ReasonReader): BounceReason {
  if (finding.action === 'delivered' || finding.action === 'relayed' || finding.action === 'expanded')
    return 'undefined';
  let best: Judgement | undefined;
  for (const text of finding.texts) {
    const judged = reader.judge(text, facts);
    if (judged === undefined) continue;
    if (best === undefined || judged.words > best.words) best = judged;
    if (judged.words >= TELLING) break;
  }
  best ??= reader.judge('', facts);
  if (best !== undefined) return best.reason;
  return finding.action === 'delayed' ? 'expired' : 'onhold';
}

function chooseStatus(finding: Finding): string | null {
  const field = finding.status === null ? undefined : findStatus(finding.status)?.code;
  const said = firstOf(finding.texts, (text) => findStatus(text)?.code ?? null) ?? undefined;
  if (field === undefined) return said ?? null;
  if (said === undefined || statusClass(said) === 2) return field;
  // The server that refused knows more than the one that reports, unless it says nothing.
  return isVague(said) ? field : isVague(field) || statusClass(said) === statusClass(field) ? said : field;
}

function chooseReply(texts: readonly string[], action: BounceAction | null, status: string | null): string | null {
  const accepted = action === 'delivered' || action === 'relayed' || action === 'expanded';
  for (const text of texts) {
    const first = findReply(text, 0, accepted);
    if (first === undefined) continue;
    if (status === null || first.code.charAt(0) === status.charAt(0)) return first.code;
    // Another reply of the text may be of the class that the status tells.
    for (
      let next = findReply(text, first.end, accepted);
      next !== undefined;
      next = findReply(text, next.end, accepted)
    ) {
      if (next.code.charAt(0) === status.charAt(0)) return next.code;
    }
    return first.code;
  }
  return null;
}

function firstOf<Found>(texts: readonly string[], find: (text: string) => Found | null): Found | null {
  for (const text of texts) {
    const found = find(text);
    if (found !== null) return found;
  }
  return null;
}

/** A recipient of a delivery-status part, with what the report's text says about the same address. */
export function findingOfStatus(
  recipient: RecipientStatus,
  entry: Entry | undefined,
  wholeText: string,
  lhost: string | null,
): Finding | undefined {
  const final = addressOf(recipient.finalRecipient);
  const original = addressOf(recipient.originalRecipient);
  const actual = addressIn(recipient.fields.find((field) => field.name === 'x-actual-recipient')?.value);
  const address = withAt(final) ?? withAt(actual) ?? withAt(original) ?? entry?.address ?? final ?? original;
  if (address === undefined) return undefined;
  const diagnostic = recipient.diagnostic?.value ?? null;
  const texts = [diagnostic, statusComment(recipient.status), entry?.own, entry?.more, wholeText].filter(
    (text): text is string => typeof text === 'string' && text !== '',
  );
  return {
    address,
    originalAddress: original !== undefined && !sameAddress(original, address) ? original : null,
    action: actionOf(recipient.action),
    status: recipient.status,
    texts,
    diagnostic: diagnostic ?? entry?.own ?? null,
    remoteHost: hostOf(recipient.remoteMta),
    lhost,
    form: null,
  };
}

/** A recipient that only the text tells. */
export function findingOfEntry(
  entry: Entry,
  wholeText: string,
  action: BounceAction | null,
  lhost: string | null,
  form: string | null,
): Finding {
  return {
    address: entry.address,
    originalAddress: null,
    action,
    status: null,
    texts: [entry.own, entry.more, entry.before, wholeText].filter((text) => text !== ''),
    diagnostic: entry.own === '' ? entry.before : entry.own,
    remoteHost: null,
    lhost,
    form,
  };
}

/** `5.1.1 (bad destination mailbox address)`: the comment is the only text some reports have. */
function statusComment(status: string | null): string | undefined {
  const open = status?.indexOf('(') ?? -1;
  return status === null || open === -1 ? undefined : status.slice(open);
}

function actionOf(action: string | null): BounceAction | null {
  switch (action) {
    case 'delayed':
    case 'delivered':
    case 'relayed':
    case 'expanded':
    case 'failed':
      return action;
    case null:
      return null;
    default:
      // `deliverable` (sic), `expired` and others that RFC 3464 does not know.
      return action.startsWith('deliver') ? 'delivered' : action.startsWith('delay') ? 'delayed' : 'failed';
  }
}

function addressOf(typed: TypedValue | null): string | undefined {
  if (typed === null) return undefined;
  return addressIn(typed.value) ?? (typed.value.replace(/^<|>$/g, '').trim() || undefined);
}

function addressIn(text: string | undefined): string | undefined {
  return text === undefined ? undefined : findAddresses(text)[0]?.address;
}

function withAt(address: string | undefined): string | undefined {
  return address?.includes('@') === true ? address : undefined;
}

export function hostOf(typed: TypedValue | null): string | null {
  if (typed === null) return null;
  const host = typed.value.replace(/^[<[("]+|[>\])",;]+$/g, '').split(/[\s(]/)[0] as string;
  return host === '' || host.includes('@') ? null : host;
}

function unfold(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, MAX_DIAGNOSTIC);
}
