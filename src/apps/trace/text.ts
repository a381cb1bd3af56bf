import { wrapped } from '../../report/columns.ts';
import { visible } from '../../report/escape.ts';
import type { Paint } from '../../report/paint.ts';
import type { LogFacts, TraceStory } from './story.ts';

/** Recipients that are written out. */
const SHOWN = 5;
const MARGIN = ' '.repeat(14);

/** A session as a person reads it: who came, and what was said of it, a moment a line. */
export function storyText(story: TraceStory, paint: Paint, width = Number.POSITIVE_INFINITY): string {
  const who = [story.peer ?? 'somebody', ...(story.hello === null ? [] : [`as ${story.hello}`])].join(' ');
  const head = `${story.startedAt.slice(0, 19).replace('T', ' ')}  ${visible(who)}${story.tls === null ? '' : `, ${visible(story.tls)}`}`;
  const told = [...story.messages, ...story.events].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const lines = told.flatMap((facts) =>
    momentLines(facts, paint)
      .flatMap((line) => brokenLine(line, width - MARGIN.length))
      .map((line, at) => (at === 0 ? clock(facts) : MARGIN) + line),
  );
  const end = story.endedAt === null && !story.cut ? [`${MARGIN}${paint.quiet('no end in the log')}`] : [];
  const cut = story.cut ? [`${MARGIN}${paint.quiet('and more of the same')}`] : [];
  return `${paint.strong(head)}  ${paint.quiet(story.session)}\n${[...lines, ...end, ...cut].join('\n')}\n`;
}

/** A line that a terminal would break is broken here, below its own begin; one that is coloured is short. */
function brokenLine(line: string, width: number): string[] {
  return width === Number.POSITIVE_INFINITY || line.includes('\x1b') ? [line] : wrapped(line, width);
}

const clock = ({ at }: LogFacts): string => `${at.slice(11, 23).padEnd(12)}  `;

function momentLines(facts: LogFacts, paint: Paint): string[] {
  const say = (name: string) => visible(String(facts[name] ?? ''));
  const rule = `${say('rule')}${facts['because'] === undefined ? '' : `: ${say('because')}`}`;
  const whom = about(facts);
  switch (facts.event) {
    case 'connected':
      return ['connected'];
    case 'hit':
      return [`${paint.warn('noted')} at ${say('stage')}, ${rule}`, ...whom];
    case 'fault':
      return [`${facts['action'] === 'note' ? paint.warn('noted') : paint.bad(actionWord(facts))}, ${rule}`, ...whom];
    case 'refused':
      return [
        `${paint.bad(Number(facts['code']) < 500 ? 'put off' : 'refused')} at ${say('stage')} with ${say('code')}, ${say('rule')}`,
        ...whom,
      ];
    case 'message':
      return messageLines(facts, paint);
    case 'released':
      return releasedLines(facts, paint);
    case 'deleted':
      return [`${paint.bad('deleted')} from quarantine, message ${say('id')}`];
    case 'closed':
      return [`closed ${facts['how'] === 'by-us' ? 'by us' : 'by the peer'}`];
    default:
      return [visible(facts.event)];
  }
}

function actionWord(facts: LogFacts): string {
  if (facts['action'] === 'hang-up') return 'hung up';
  return facts['action'] === 'defer' ? 'put off' : 'refused';
}

function messageLines(facts: LogFacts, paint: Paint): string[] {
  const say = (name: string) => visible(String(facts[name] ?? ''));
  const code = Number(facts['code']);
  const word = code < 300 ? paint.good('accepted') : paint.bad(code < 500 ? 'put off' : 'refused');
  // The sender may have heard either.
  const kept = facts['verdict'] === 'quarantine' && (code < 300 || code >= 500);
  const because = Array.isArray(facts['because']) ? facts['because'].map((id) => visible(String(id))) : [];
  return [
    `${word} with ${code}, message ${say('id')}, ${size(Number(facts['size']))}, ${say('took')} ms`,
    ...(kept ? [paint.warn('kept in quarantine')] : []),
    ...about(facts),
    ...wentOn(facts),
    ...(facts['messageId'] ? [`message id ${say('messageId')}`] : []),
    ...(because.length === 0 ? [] : [`because of ${because.join(', ')} (verdict ${say('verdict')})`]),
    ...(facts['upstream'] ? [`the upstream said: ${say('upstream')}`] : []),
  ];
}

/** The addresses that the server behind heard instead. */
function wentOn({ onward }: LogFacts): string[] {
  if (typeof onward !== 'object' || onward === null) return [];
  const { sender, recipients } = onward as { readonly sender?: unknown; readonly recipients?: unknown };
  const from = sender === undefined ? '' : ` from ${visible(String(sender))}`;
  return [`went on${from}${Array.isArray(recipients) ? ` to ${someOf(recipients)}` : ''}`];
}

function someOf(list: readonly unknown[]): string {
  const shown = list.slice(0, SHOWN).map((address) => visible(String(address)));
  return [...shown, ...(list.length > SHOWN ? [`${list.length - SHOWN} more`] : [])].join(', ');
}

/** What somebody let out of quarantine, and to whom it went. */
function releasedLines(facts: LogFacts, paint: Paint): string[] {
  const say = (name: string) => visible(String(facts[name] ?? ''));
  const taken = Array.isArray(facts['taken']) ? facts['taken'].map((one) => visible(String(one))) : [];
  const word = taken.length === 0 ? paint.bad('tried to release') : paint.good('released');
  return [
    `${word} from quarantine, message ${say('id')}`,
    ...(taken.length === 0 ? [] : [`to ${taken.join(', ')}`]),
    `the upstream said: ${say('upstream')}`,
  ];
}

/** From whom to whom. */
function about(facts: LogFacts): string[] {
  const list = Array.isArray(facts['recipients'])
    ? facts['recipients']
    : facts['recipient']
      ? [facts['recipient']]
      : [];
  if (facts['sender'] === undefined && list.length === 0) return [];
  const sender = facts['sender'] === '' ? '<>' : visible(String(facts['sender'] ?? '?'));
  return [`from ${sender}${list.length === 0 ? '' : ` to ${someOf(list)}`}`];
}

function size(bytes: number): string {
  return bytes < 10_000 ? `${bytes} bytes` : `${Math.round(bytes / 1_000)} kB`;
}
