import type { BounceAction, BounceReason, NdrRecipient } from '../finding/ndr-report.ts';
import type { RecipientStatus, TypedValue } from '../wire/dsn/delivery-status.ts';
import { findReply, findStatus, isVague, statusClass } from '../wire/dsn/status-code.ts';
import { findAddresses, sameAddress } from './address-span.ts';
import type { Entry } from './entries.ts';
import type { FailureFacts, Judgement, ReasonReader, Stage } from './reason.ts';

/** What a form has found out about one recipient, before it is judged. */
export interface Finding {
  readonly address: string;
  readonly originalAddress: string | null;
  readonly action: BounceAction | null;
  /** Status field of a delivery report, or null. */
  readonly status: string | null;
  /** Texts that tell what happened, the nearest first. The first one with a code gives the code, the first telling one the reason. */
  readonly texts: readonly string[];
  /** Further texts, asked after these; most recipients are judged without them. */
  readonly further?: () => readonly string[];
  /** Those of `texts` that do not stand in `whole`, as fields of a machine-readable part. */
  readonly apart?: readonly string[];
  /** Texts of the whole report, asked where the nearer ones say nothing. */
  readonly whole?: readonly string[];
  /** The one to quote. */
  readonly diagnostic: string | null;
  readonly diagnosticType?: string;
  readonly remoteHost: string | null;
  readonly lhost: string | null;
  readonly form: string | null;
  /** The reason, where the form itself settles it. */
  readonly reason: BounceReason | null;
}

/** Words that weigh less than this do not settle a reason; the next text is asked too. */
const TELLING = 4;
/** Codes alone settle it from this weight on. */
const SETTLED = 7;
const MAX_DIAGNOSTIC = 2000;

/** Judges one recipient: its codes, the stage and the reason. */
export function judgeRecipient(finding: Finding, reader: ReasonReader): NdrRecipient {
  const texts = new Texts(finding);
  const status = chooseStatus(finding, texts);
  const replyCode = chooseReply(texts, finding.action, status);
  const facts: FailureFacts = {
    status,
    reply: replyCode,
    stage: stageOf(finding, texts, reader),
    action: finding.action,
    form: finding.form,
    diagnosticType: finding.diagnosticType ?? '',
    local: isLocal(finding.address, finding.lhost),
  };
  return {
    address: finding.address,
    originalAddress: finding.originalAddress,
    action: finding.action ?? 'failed',
    status,
    replyCode,
    reason: chooseReason(finding, texts, facts, reader),
    diagnostic: finding.diagnostic === null || finding.diagnostic === '' ? null : unfold(finding.diagnostic),
    remoteHost: finding.remoteHost,
    lhost: finding.lhost,
  };
}

/** All texts of a finding, the nearest first and the whole report last. Further ones are made when the walk comes to them. */
class Texts {
  readonly #near: readonly string[];
  readonly #whole: readonly string[];
  readonly #makeFurther: (() => readonly string[]) | undefined;
  #further: readonly string[] | undefined;

  constructor({ texts, further, whole = [] }: Finding) {
    this.#near = texts;
    this.#whole = whole;
    this.#makeFurther = further;
  }

  /** The text of that place; undefined behind the last. */
  at(index: number): string | undefined {
    return this.nearAt(index) ?? this.#whole[index - this.#near.length - (this.#further?.length ?? 0)];
  }

  /** As `at`, of those alone that stand near the recipient. */
  nearAt(index: number): string | undefined {
    if (index < this.#near.length) return this.#near[index];
    this.#further ??= this.#makeFurther?.() ?? [];
    return this.#further[index - this.#near.length];
  }
}

/** The stage that the nearest text tells. Where the report tells none, only what does not stand in it is asked. */
function stageOf({ apart = [], whole = [] }: Finding, texts: Texts, reader: ReasonReader): Stage | null {
  for (const text of apart) {
    const stage = reader.stageOf(text);
    if (stage !== null) return stage;
  }
  if (whole.length > 0 && whole.every((text) => reader.stageOf(text) === null)) return null;
  for (let i = apart.length, text = texts.at(i); text !== undefined; text = texts.at(++i)) {
    const stage = reader.stageOf(text);
    if (stage !== null) return stage;
  }
  return null;
}

function chooseReason(finding: Finding, texts: Texts, facts: FailureFacts, reader: ReasonReader): BounceReason {
  if (finding.reason !== null) return finding.reason;
  if (isAccepted(finding.action)) return 'undefined';
  let best: Judgement | undefined;
  for (let i = 0, text = texts.at(0); text !== undefined; text = texts.at(++i)) {
    const judged = reader.judge(text, facts);
    if (judged === undefined) continue;
    if (best === undefined || judged.score > best.score) best = judged;
    if (judged.words >= TELLING || judged.score >= SETTLED) break;
  }
  best ??= reader.judge('', facts);
  if (best !== undefined) return best.reason;
  return finding.action === 'delayed' ? 'expired' : 'onhold';
}

/** Which of two codes tells more: `x.0.0` and the bare "gave up" nothing, `x.y.0` a little. */
function telling(status: string): number {
  if (isVague(status)) return 0;
  return status.endsWith('.0') || status === '4.4.7' || status === '5.4.7' ? 1 : 2;
}

/** The more telling of two statuses of one class, the first among equals; null counts as none. */
function moreTelling(best: string | null, said: string | null): string | null {
  if (best === null || said === null) return best ?? said;
  return telling(said) > telling(best) && said.charAt(0) === best.charAt(0) ? said : best;
}

/** True if the message went on. */
function isAccepted(action: BounceAction | null): boolean {
  return action === 'delivered' || action === 'relayed' || action === 'expanded';
}

/** The most telling status of a text, the first among equals. What looks like a success is none where nothing succeeded: `Mailman 2.0.13` is a version. */
function saidStatus(text: string, accepted: boolean): string | null {
  let best: string | null = null;
  const near = text.length > MAX_DIAGNOSTIC ? text.slice(0, MAX_DIAGNOSTIC) : text;
  for (let found = findStatus(near); found !== undefined; found = findStatus(near, found.end))
    if (accepted || statusClass(found.code) !== 2) best = moreTelling(best, found.code);
  return best;
}

/** The most telling status of several texts, the nearer one among equals; the whole report is asked only if no other text has any. */
function mostTelling({ action, diagnostic, whole = [] }: Finding, texts: Texts): string | null {
  const accepted = isAccepted(action);
  let best = diagnostic === null ? null : saidStatus(diagnostic, accepted);
  for (let i = 0; best === null || telling(best) < 2; i++) {
    const text = texts.nearAt(i);
    if (text === undefined) break;
    if (text !== diagnostic) best = moreTelling(best, saidStatus(text, accepted));
  }
  for (let i = 0; best === null && i < whole.length; i++) best = saidStatus(whole[i] as string, accepted);
  return best;
}

/** The status that tells most: that of the field, or of the server that refused, which knows more about its own user. */
function chooseStatus(finding: Finding, texts: Texts): string | null {
  const field = finding.status === null ? undefined : findStatus(finding.status)?.code;
  const said = mostTelling(finding, texts);
  if (field === undefined || said === null) return field ?? said;
  if (field === said || statusClass(said) === 2) return field;
  if (statusClass(field) !== statusClass(said))
    return nearestReply(finding, texts)?.charAt(0) === said.charAt(0) ? said : field;
  if (telling(field) !== telling(said)) return telling(field) > telling(said) ? field : said;
  // A general answer of the reporting system gives way to a particular one.
  return field.slice(1) === '.1.1' || field.startsWith('5.3.') ? said : field;
}

function nearestReply({ diagnostic }: Finding, texts: Texts): string | undefined {
  const quoted = diagnostic === null ? undefined : findReply(diagnostic);
  if (quoted !== undefined) return quoted.code;
  for (let i = 0, text = texts.nearAt(0); text !== undefined; text = texts.nearAt(++i)) {
    const reply = findReply(text);
    if (reply !== undefined) return reply.code;
  }
  return undefined;
}

function chooseReply(texts: Texts, action: BounceAction | null, status: string | null): string | null {
  const accepted = isAccepted(action);
  for (let i = 0, text = texts.at(0); text !== undefined; text = texts.at(++i)) {
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

/** True if the reporting host is in the recipient's domain. */
function isLocal(address: string, lhost: string | null): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  const host = lhost?.toLowerCase() ?? '';
  return host === domain || host.endsWith(`.${domain}`);
}

/** A recipient of a delivery-status part, with what the report's text says about the same address, which is looked for only if need be. */
export function findingOfStatus(
  recipient: RecipientStatus,
  entryOf: () => Entry | undefined,
  wholeText: readonly string[],
  lhost: string | null,
  form: string | null,
): Finding | undefined {
  const final = addressOf(recipient.finalRecipient);
  const original = addressOf(recipient.originalRecipient);
  const actual = addressIn(recipient.fields.find((field) => field.name === 'x-actual-recipient')?.value);
  const address =
    (isInside(final) ? withAt(original) : undefined) ??
    withAt(final) ??
    withAt(actual) ??
    withAt(original) ??
    entryOf()?.address ??
    final ??
    original;
  if (address === undefined) return undefined;
  const diagnostic = recipient.diagnostic?.value ?? null;
  const category = recipient.fields.find((field) => field.name === 'x-powermta-bouncecategory')?.value;
  const said = diagnostic === null ? null : quotedReply(diagnostic);
  const comment = statusComment(recipient.status);
  const apart = [category, said, diagnostic, comment].filter(isText);
  return {
    address,
    originalAddress: original !== undefined && !sameAddress(original, address) ? original : null,
    action: actionOf(recipient.action),
    status: recipient.status,
    texts: apart,
    further: () => {
      const entry = entryOf();
      return [entry?.own, entry?.more].filter(isText);
    },
    apart,
    whole: wholeText,
    diagnostic: diagnostic ?? entryOf()?.own ?? null,
    diagnosticType: recipient.diagnostic?.type ?? '',
    remoteHost: hostOf(recipient.remoteMta),
    lhost,
    form,
    reason: null,
  };
}

function isText(text: string | null | undefined): text is string {
  return typeof text === 'string' && text !== '';
}

/** A recipient that only the text tells. */
export function findingOfEntry(
  entry: Entry,
  wholeText: readonly string[],
  action: BounceAction | null,
  lhost: string | null,
  form: string | null,
): Finding {
  return {
    address: entry.address,
    originalAddress: generatedFrom(entry),
    action,
    status: null,
    texts: [quotedReply(entry.own), entry.own].filter(isText),
    further: () => [entry.more, entry.before].filter(isText),
    whole: wholeText,
    diagnostic: tellingWords(entry, wholeText),
    remoteHost: null,
    lhost,
    form,
    reason: null,
  };
}

/** The words to quote: those with the address if they hold a code, else a line of the report that begins with one. */
function tellingWords({ own, before }: Entry, [whole = '']: readonly string[]): string {
  const near = own === '' ? before : own;
  if (hasCode(near)) return near;
  if (own !== '' && hasCode(before)) return before;
  const lines = whole.slice(0, MAX_DIAGNOSTIC).split('\n');
  return lines.map((line) => line.trim()).find((line) => findReply(line)?.start === 0) ?? near;
}

function hasCode(text: string): boolean {
  return findReply(text) !== undefined || findStatus(text) !== undefined;
}

/** `(generated from x)`, `(ultimately generated from x)` of Exim and `(expanded from: x)` of Sendmail name the address that was written. */
function generatedFrom(entry: Entry): string | null {
  const told = /\((?:ultimately )?(?:generated|expanded) from:?\s+([^()]{1,320})\)/.exec(entry.own);
  return told === null ? null : (findAddresses(told[1] as string)[0]?.address ?? null);
}

/** What leads to the words of the other server; what stands before is the reporter's own phrase. */
const SAID =
  /(?:\bsaid:|\bresponded with failure:|error message:|error was:|returned was:|server returned|server was:|response was:|with response:|remote response:|reason:|-> |failure:|\.\.\. (?=[45]\d\d ))\s*['"([]?/gi;

/** The words of the other server alone, without repeated codes of a reply of several lines; null if nothing leads to them. */
function quotedReply(text: string): string | null {
  const near = text.length > MAX_DIAGNOSTIC ? text.slice(0, MAX_DIAGNOSTIC) : text;
  let from = -1;
  SAID.lastIndex = 0;
  for (let found = SAID.exec(near); found !== null; found = SAID.exec(near)) from = SAID.lastIndex;
  if (from !== -1 && text.length - from >= 8) return joinReply(text.slice(from));
  const joined = joinReply(text);
  return joined === text ? null : joined;
}

/** `550-5.7.1 one 550 5.7.1 two` is one sentence (RFC 5321 §4.2.1). */
function joinReply(text: string): string {
  const reply = findReply(text);
  if (reply === undefined || !text.includes(reply.code, reply.end)) return text;
  const status = findStatus(text, reply.end);
  const prefix =
    status !== undefined && status.start === reply.end + 1 ? `[ -]${status.code.replaceAll('.', '\\.')}` : '';
  return (
    text.slice(0, reply.end) + text.slice(reply.end).replace(new RegExp(`\\s${reply.code}(?:${prefix}|[ -])`, 'g'), ' ')
  );
}

/** `5.1.1 (bad destination mailbox address)`: the comment is the only text some reports have. */
function statusComment(status: string | null): string | undefined {
  const open = status?.indexOf('(') ?? -1;
  return status === null || open === -1 ? undefined : status.slice(open);
}

/** The action of a recipient as RFC 3464 §2.3.3 has it, for the words that senders write instead. */
export function actionOf(action: string | null): BounceAction | null {
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

/** `user@store`: a name that the sender cannot have written. */
function isInside(address: string | undefined): boolean {
  const domain = withAt(address)?.slice((address as string).lastIndexOf('@') + 1);
  return domain !== undefined && !domain.includes('.') && !domain.startsWith('[');
}

function withAt(address: string | undefined): string | undefined {
  return address?.includes('@') === true ? address : undefined;
}

export function hostOf(typed: TypedValue | null): string | null {
  if (typed === null) return null;
  const host = /^[<[("]{0,4}([^\s<>()[\]",;]*)/.exec(typed.value)?.[1] ?? '';
  return host === '' || host.includes('@') ? null : host;
}

function unfold(text: string): string {
  return (/[^\S ]| {2}/.test(text) ? text.replace(/\s+/g, ' ') : text).trim().slice(0, MAX_DIAGNOSTIC);
}
