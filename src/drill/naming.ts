import type { Identity } from '../finding/identity.ts';
import type { SmtpConnection } from '../net/smtp-connection.ts';
import { identify } from '../platform/identify.ts';
import type { Sighting, SightingKind } from '../platform/sighting.ts';
import type { Reply } from '../wire/smtp/reply.ts';
import { type Attack, isFailure, type Verdict } from './attack.ts';
import type { Facts } from './facts.ts';
import { notRun } from './outcome.ts';
import { brokenWords } from './play.ts';
import { quoteReply } from './pulse.ts';

/** One thing that is said to learn the product from the answer. `kind` is null where the answer is not part of this attack. */
export interface Question {
  readonly say: string;
  readonly kind: SightingKind | null;
}

/** What an attack on the server's anonymity listens to. */
export interface Naming extends Omit<Attack, 'play'> {
  /** True if the greeting is part of it. */
  readonly greeting?: true;
  questions(facts: Facts, token: () => string): readonly Question[];
}

/** Makes an attack that names the product from what it answers to these questions, and from nothing else. */
export function naming({ greeting, questions, ...about }: Naming): Attack {
  return {
    ...about,
    async play(field): Promise<Verdict> {
      const opened = await field.open();
      if (isFailure(opened)) return notRun(`no connection could be had: ${brokenWords(opened)}`);
      try {
        const sightings: Sighting[] = [];
        const first = await opened.greeting();
        if (!first.ok) return notRun(`no greeting: ${brokenWords(first)}`, [...opened.lines]);
        if (first.reply.code !== 220) return notRun(`it turns us away: ${quoteReply(first.reply)}`, [...opened.lines]);
        if (greeting === true) sightings.push({ kind: 'smtp.banner', text: asSent(first.reply) });
        await ask(
          opened,
          questions(field.facts, () => field.token()),
          sightings,
        );
        return verdict(sightings, identify(sightings), [...opened.lines], about.name);
      } finally {
        opened.close();
      }
    },
  };
}

async function ask(connection: SmtpConnection, questions: readonly Question[], sightings: Sighting[]): Promise<void> {
  for (const { say, kind } of questions) {
    const answer = await connection.command(say);
    if (!answer.ok) return;
    if (kind !== null) sightings.push({ kind, text: asSent(answer.reply) });
    if (answer.reply.code === 421) return;
  }
}

function verdict(
  sightings: readonly Sighting[],
  identity: Identity,
  lines: SmtpConnection['lines'],
  name: string,
): Verdict {
  const at = name === 'name-by-greeting' ? 'greeting' : 'command';
  if (sightings.length === 0) return notRun('it was not answered', lines);
  if (identity.product === null)
    return {
      outcome: 'stopped',
      at,
      because:
        sightings.length === 1
          ? 'the answer names no product'
          : `${sightings.length} answers, and none names the product`,
      dialogues: [lines],
    };
  return { outcome: 'passed', at, because: namedWords(identity), dialogues: [lines] };
}

/** `Postfix, 97 % certain, by greeting "…"`. */
export function namedWords({ product, release, version, versionRange, certainty, because }: Identity): string {
  const told = [product, version ?? release ?? versionRange].filter((word) => word !== null).join(' ');
  const [reason] = because;
  return `${told}, ${Math.floor(certainty * 100)} % certain${reason === undefined ? '' : `, by ${reason.clue} "${reason.value.slice(0, 80)}"`}`;
}

function asSent({ code, lines }: Reply): string {
  return lines.map((line, index) => `${code}${index === lines.length - 1 ? ' ' : '-'}${line}`).join('\n');
}
