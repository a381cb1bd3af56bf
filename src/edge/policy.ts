import type { EdgeReply } from './reply.ts';
import { ACTIONS, type Action, type EdgeRule, type Hit } from './rule.ts';

/** What policy makes of the hits so far. Only a verdict carries words to the peer. */
export type Verdict =
  | { readonly kind: 'accept' | 'tag' | 'quarantine'; readonly because: readonly Hit[]; readonly score: number }
  | {
      readonly kind: 'defer' | 'refuse' | 'hang-up';
      readonly because: readonly [Hit, ...Hit[]];
      readonly score: number;
      readonly reply: EdgeReply;
    };

/** A verdict that lets the session go on. */
export type Passed = Extract<Verdict, { kind: 'accept' | 'tag' | 'quarantine' }>;

export function passes(verdict: Verdict): verdict is Passed {
  return verdict.kind === 'accept' || verdict.kind === 'tag' || verdict.kind === 'quarantine';
}

/** What an operator changed about a rule. */
export interface RuleSetting {
  readonly action?: Action | undefined;
  readonly score?: number | undefined;
  /** Recognise and log, but let it pass. */
  readonly monitor?: boolean | undefined;
}

/** Data, not code: what to do with each rule, and from which score on. */
export interface PolicySettings {
  /** Nothing is refused, deferred or kept: everything is logged as it would have been. */
  readonly monitorOnly: boolean;
  readonly rules: ReadonlyMap<string, RuleSetting>;
  readonly tagAt: number;
  readonly quarantineAt: number;
  readonly refuseAt: number;
}

export const DEFAULT_POLICY: PolicySettings = {
  monitorOnly: false,
  rules: new Map(),
  tagAt: 6,
  quarantineAt: 10,
  refuseAt: 15,
};

const STRENGTH: ReadonlyMap<Action, number> = new Map(ACTIONS.map((action, index) => [action, index]));

export interface Policy {
  /** The verdict on all hits of a message so far. Pure: the same hits give the same verdict. */
  judge(hits: readonly Hit[], reply: EdgeReply): Verdict;
  /** What this policy does with a rule. */
  actionOf(rule: EdgeRule): Action;
}

const NOTHING: Verdict = { kind: 'accept', because: [], score: 0 };

/** Makes a policy of its settings. `reply` of `judge` is said when a score, and not one rule, refuses. */
export function createPolicy(settings: PolicySettings = DEFAULT_POLICY): Policy {
  const settingOf = (rule: EdgeRule): RuleSetting => settings.rules.get(rule.id) ?? {};
  const actionOf = (rule: EdgeRule): Action => {
    if (rule.fixed === true) return rule.action;
    const setting = settingOf(rule);
    return settings.monitorOnly || setting.monitor === true ? 'note' : (setting.action ?? rule.action);
  };
  return {
    actionOf,
    judge(hits, reply) {
      if (hits.length === 0) return NOTHING;
      let strongest: Hit | undefined;
      let action: Action = 'note';
      let score = 0;
      for (const hit of hits) {
        const own = actionOf(hit.rule);
        if (own === 'score') score += hit.score ?? settingOf(hit.rule).score ?? hit.rule.score ?? 0;
        if ((STRENGTH.get(own) as number) <= (STRENGTH.get(action) as number)) continue;
        action = own;
        strongest = hit;
      }
      if (strongest !== undefined && (action === 'defer' || action === 'refuse' || action === 'hang-up')) {
        return {
          kind: action,
          because: [strongest, ...hits.filter((hit) => hit !== strongest)],
          score,
          reply: strongest.rule.reply,
        };
      }
      if (score >= settings.refuseAt) return { kind: 'refuse', because: hits as [Hit, ...Hit[]], score, reply };
      if (action === 'quarantine' || score >= settings.quarantineAt)
        return { kind: 'quarantine', because: hits, score };
      if (action === 'tag' || score >= settings.tagAt) return { kind: 'tag', because: hits, score };
      return { kind: 'accept', because: hits, score };
    },
  };
}
