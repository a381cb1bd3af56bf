import type { NdrKind } from '../finding/ndr-report.ts';
import type { BounceWords } from '../knowledge/load-words.ts';
import { compileClauses } from './clause.ts';
import { notificationKind } from './forms/ses-notification.ts';
import type { Material } from './material.ts';
import { actionOf } from './recipients.ts';
import { newVocabulary, type Vocabulary } from './vocabulary.ts';

/** Tells what a message is to one who reads bounces, from its parts, its header and its words. */
export type KindReader = (material: Material) => NdrKind;

/** A message needs this much to count as more than plain mail. */
const ENOUGH = 10;
const SURE_CHALLENGE = 18;
/** Reports say what they are at their beginning. */
const MAX_LINES = 60;

export function kindReader(words: BounceWords, vocabulary: Vocabulary = newVocabulary()): KindReader {
  const clauses = compileClauses(words.kinds, words.classes, vocabulary);
  return (material) => {
    const notified = notificationKind(material.lines);
    if (notified !== undefined) return notified;
    if (material.feedback !== null || parameter(material, 'report-type') === 'feedback-report') return 'feedback';
    const told = kindOfStatus(material);
    if (told !== undefined && told !== 'failure') return told;
    const facts = headerFacts(material);
    const scores = new Map<string, number>();
    const count = (text: string, where: string) => {
      for (const clause of clauses.match(text, new Set([...facts, where]))) {
        scores.set(clause.kind, (scores.get(clause.kind) ?? 0) + clause.weight);
      }
    };
    count(material.subject, 'in:subject');
    count(beginningOf(material), 'in:text');
    count('', 'in:header');
    // Some services that ask the sender to prove himself dress it as a delivery report.
    if (told !== undefined) return (scores.get('challenge') ?? 0) >= SURE_CHALLENGE ? 'challenge' : told;
    let best: NdrKind = 'mail';
    let most = ENOUGH - 1;
    for (const [kind, score] of scores) {
      if (score > most) [best, most] = [kind as NdrKind, score];
    }
    return best;
  };
}

/** The first lines; of a short report its very text, which is asked about again. */
function beginningOf({ lines, text }: Material): string {
  return lines.length <= MAX_LINES ? text : lines.slice(0, MAX_LINES).join('\n');
}

/** The gravest action of a delivery report. */
function kindOfStatus({ status }: Material): NdrKind | undefined {
  if (status === null || status.recipients.length === 0) return undefined;
  const actions = new Set(status.recipients.map((recipient) => actionOf(recipient.action) ?? 'failed'));
  if (actions.has('failed')) return 'failure';
  for (const action of ['delayed', 'relayed', 'expanded', 'delivered'] as const) {
    if (actions.has(action)) return action === 'delayed' ? 'delay' : action;
  }
  return 'failure';
}

function parameter(material: Material, name: string): string | undefined {
  return material.message.parts[0]?.parameters.get(name)?.toLowerCase();
}

/** What the header says about who sent this and why, as facts for clauses. */
function headerFacts(material: Material): readonly string[] {
  const { header } = material;
  const facts: string[] = [];
  const from = (header.raw('from') ?? '').toLowerCase();
  if (
    /mailer-daemon|mail-daemon|maildaemon|maileradmin|mailer daemon|mail delivery (?:sub)?system|mail\.delivery\.system|mail deliver/.test(
      from,
    )
  )
    facts.push('from:daemon');
  if (
    /postmaster|post_master|postmast|mail administrator|system administrator|mailadmin|internet mail delivery|mail_service|mailsystem|mail system/.test(
      from,
    )
  )
    facts.push('from:postmaster');
  const path = header.raw('return-path') ?? header.raw('x-envelope-from');
  if (path !== null && /^<?\s*>?$/.test(path)) facts.push('path:null');
  if (from.trim() === '' || from.trim() === '<>') facts.push('from:empty');
  if (header.field('x-failed-recipients') !== null) facts.push('header:x-failed-recipients');
  const auto = header.raw('auto-submitted')?.toLowerCase() ?? '';
  if (auto.startsWith('auto-replied')) facts.push('auto:replied');
  if (auto.startsWith('auto-generated')) facts.push('auto:generated');
  if (/auto.?reply/i.test(header.raw('precedence') ?? '') || hasAny(material, AUTOREPLY_FIELDS))
    facts.push('header:autoreply');
  if (hasAny(material, ['list-id', 'list-unsubscribe', 'list-post', 'mailing-list'])) facts.push('header:list');
  const type = material.message.parts[0];
  if (type !== undefined && type.type === 'multipart' && type.subtype === 'report')
    facts.push(`report:${type.parameters.get('report-type')?.toLowerCase() ?? ''}`, 'report');
  if (material.message.parts.some((part) => part.type === 'message' && part.subtype === 'disposition-notification'))
    facts.push('part:disposition-notification');
  if (material.status !== null) facts.push('part:delivery-status');
  if (material.originalFields.length > 0) facts.push('original');
  return facts;
}

const AUTOREPLY_FIELDS = [
  'x-autoreply',
  'x-autorespond',
  'x-auto-response-suppress-reply',
  'x-autoresponder',
  'x-vacation',
  'x-mail-autoreply',
  'x-autogenerated',
];

function hasAny(material: Material, names: readonly string[]): boolean {
  return names.some((name) => material.header.field(name) !== null);
}
