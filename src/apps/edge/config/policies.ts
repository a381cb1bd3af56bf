import { createPolicies, type Policies, type PolicySettings } from '../../../edge/policy.ts';
import type { EdgeConfig } from './config-schema.ts';

type PolicyWishes = Pick<EdgeConfig, 'scores' | 'monitorOnly' | 'rules' | 'policy'>;

/** An exception says only what differs: the rest is as in general. */
export function policiesOf({ scores: general, monitorOnly, rules: ofRules, policy }: PolicyWishes): Policies {
  const settings: PolicySettings = {
    monitorOnly,
    rules: new Map(Object.entries(ofRules)),
    tagAt: general.tag,
    quarantineAt: general.quarantine,
    refuseAt: general.refuse,
  };
  return createPolicies(
    settings,
    policy.map((one) => ({
      recipients: one.recipients === undefined ? null : new Set(one.recipients),
      direction: one.direction ?? null,
      settings: {
        monitorOnly: one.monitorOnly ?? monitorOnly,
        rules: new Map([...settings.rules, ...Object.entries(one.rules ?? {})]),
        tagAt: one.scores?.tag ?? general.tag,
        quarantineAt: one.scores?.quarantine ?? general.quarantine,
        refuseAt: one.scores?.refuse ?? general.refuse,
      },
    })),
  );
}
