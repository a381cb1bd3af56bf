import type { Mailbox } from '../wire/smtp/path.ts';
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
const strength = (action: Action): number => STRENGTH.get(action) as number;

/** True for what ends a command by itself. */
export function ends(action: Action): action is 'defer' | 'refuse' | 'hang-up' {
  return action === 'defer' || action === 'refuse' || action === 'hang-up';
}

export interface Policy {
  /** The verdict on all hits of a message so far. Pure: the same hits give the same verdict. `reply` is said when a score, and not one rule, refuses. */
  judge(hits: readonly Hit[], reply: EdgeReply): Verdict;
  /** What this policy does with a rule. */
  actionOf(rule: EdgeRule): Action;
}

/** A policy for some recipients, laid over the general one. */
export interface PolicyException {
  /** `local@domain` or a bare domain, lower case; null is everybody. */
  readonly recipients: ReadonlySet<string> | null;
  /** Mail that comes in, that goes out, or (null) both. */
  readonly direction: Direction | null;
  readonly settings: PolicySettings;
}
export type Direction = 'in' | 'out';

/** Which policy holds for whom. */
export interface Policies {
  /** For what has no recipient: faults of protocol, logins. */
  readonly general: Policy;
  /** Before a recipient is known: the mildest of all, since what was recognised is judged again for each recipient. */
  readonly early: Policy;
  /** The first exception that names the recipient, or else its domain; the general policy if none does. */
  of(recipient: Mailbox, direction: Direction): Policy;
}

/** Makes the general policy and its exceptions. */
export function createPolicies(
  settings: PolicySettings = DEFAULT_POLICY,
  exceptions: readonly PolicyException[] = [],
): Policies {
  const general = policyOf(settings);
  const others = exceptions.map((exception) => ({ ...exception, policy: policyOf(exception.settings) }));
  return {
    general,
    early:
      others.length === 0
        ? general
        : mildestOf(
            general,
            others.map(({ policy }) => policy),
          ),
    of(recipient, direction) {
      for (const { recipients, direction: only, policy } of others)
        if ((only === null || only === direction) && (recipients === null || names(recipients, recipient)))
          return policy;
      return general;
    },
  };
}

/** The address itself, what it is without the tag behind `+` (RFC 5233), or its domain. */
function names(recipients: ReadonlySet<string>, { local, domain }: Mailbox): boolean {
  const name = local.toLowerCase();
  const plus = name.indexOf('+');
  return (
    recipients.has(domain) ||
    recipients.has(`${name}@${domain}`) ||
    (plus > 0 && recipients.has(`${name.slice(0, plus)}@${domain}`))
  );
}

function policyOf(settings: PolicySettings): Policy {
  const actionOf = (rule: EdgeRule): Action => {
    if (rule.fixed === true) return rule.action;
    const setting = settings.rules.get(rule.id);
    return settings.monitorOnly || setting?.monitor === true ? 'note' : (setting?.action ?? rule.action);
  };
  const scoreOf = (hit: Hit): number => hit.score ?? settings.rules.get(hit.rule.id)?.score ?? hit.rule.score ?? 0;
  return { actionOf, judge: judgeBy(actionOf, scoreOf, settings) };
}

/** Ends nothing that one of the policies would let pass. */
function mildestOf(general: Policy, others: readonly Policy[]): Policy {
  return {
    actionOf: (rule) =>
      others
        .map((policy) => policy.actionOf(rule))
        .reduce((mildest, action) => (strength(action) < strength(mildest) ? action : mildest), general.actionOf(rule)),
    judge(hits, reply) {
      const first = general.judge(hits, reply);
      if (passes(first)) return first;
      return others.map((policy) => policy.judge(hits, reply)).find(passes) ?? first;
    },
  };
}

const NOTHING: Verdict = { kind: 'accept', because: [], score: 0 };

function judgeBy(
  actionOf: Policy['actionOf'],
  scoreOf: (hit: Hit) => number,
  { tagAt, quarantineAt, refuseAt }: Pick<PolicySettings, 'tagAt' | 'quarantineAt' | 'refuseAt'>,
): Policy['judge'] {
  return (hits, reply) => {
    if (hits.length === 0) return NOTHING;
    let strongest: Hit | undefined;
    let action: Action = 'note';
    let score = 0;
    for (const hit of hits) {
      const own = actionOf(hit.rule);
      if (own === 'score') score += scoreOf(hit);
      if (strength(own) <= strength(action)) continue;
      action = own;
      strongest = hit;
    }
    if (strongest !== undefined && ends(action)) {
      const others = hits.filter((hit) => hit !== strongest);
      return { kind: action, because: [strongest, ...others], score, reply: strongest.rule.reply };
    }
    if (score >= refuseAt) return { kind: 'refuse', because: hits as [Hit, ...Hit[]], score, reply };
    if (action === 'quarantine' || score >= quarantineAt) return { kind: 'quarantine', because: hits, score };
    if (action === 'tag' || score >= tagAt) return { kind: 'tag', because: hits, score };
    return { kind: 'accept', because: hits, score };
  };
}
