import type { Awaitable, OpenFilter } from './filter.ts';
import { ends, type Policy, type Verdict } from './policy.ts';
import { REPLIES } from './reply.ts';
import type { Hit } from './rule.ts';
import type { Stage, Stages } from './stage.ts';

interface Consultation {
  readonly policy: Policy;
  /** Hits of earlier stages, which policy sees too. */
  readonly earlier: readonly Hit[];
  readonly noted: (hit: Hit) => void;
}

/**
 * Asks the filters that care about a stage, in order, and policy about all hits. A hit that ends the stage by itself spares the filters
 * behind it. Answers at once unless a filter has to wait for something.
 */
export function consultFilters<S extends Stage>(
  filters: readonly OpenFilter[],
  stage: S,
  seen: Stages[S],
  consultation: Consultation,
): Awaitable<Verdict> {
  return consultFrom(0, filters, stage, seen, consultation, []);
}

function consultFrom<S extends Stage>(
  from: number,
  filters: readonly OpenFilter[],
  stage: S,
  seen: Stages[S],
  consultation: Consultation,
  found: Hit[],
): Awaitable<Verdict> {
  const { policy, earlier } = consultation;
  for (let at = from; at < filters.length; at++) {
    const ask = filters[at]?.[stage] as ((seen: Stages[S]) => Awaitable<Hit | undefined>) | undefined;
    if (ask === undefined) continue;
    const answer = ask(seen);
    if (answer instanceof Promise) {
      return answer.then((hit) =>
        endsStage(hit, consultation, found)
          ? policy.judge([...earlier, ...found], REPLIES.refusedMessage)
          : consultFrom(at + 1, filters, stage, seen, consultation, found),
      );
    }
    if (endsStage(answer, consultation, found)) break;
  }
  return policy.judge(earlier.length === 0 ? found : [...earlier, ...found], REPLIES.refusedMessage);
}

/** Notes a hit; true if it ends the stage. */
function endsStage(hit: Hit | undefined, { policy, noted }: Consultation, found: Hit[]): boolean {
  if (hit === undefined) return false;
  noted(hit);
  found.push(hit);
  return ends(policy.actionOf(hit.rule));
}
