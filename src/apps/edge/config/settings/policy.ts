import { z } from 'zod';
import { filters } from '../../../../edge/filters/index.ts';
import { DEFAULT_POLICY, type PolicySettings } from '../../../../edge/policy.ts';
import { ACTIONS, type EdgeRule } from '../../../../edge/rule.ts';
import { scrubs } from '../../../../edge/scrubs/index.ts';
import { nearestName } from '../nearest-name.ts';
import { bytes, duration } from '../units.ts';

const ruleSetting = z.strictObject({
  action: z.enum(ACTIONS).optional(),
  score: z.number().optional(),
  monitor: z.boolean().optional(),
});

/** What is done with single rules, by id. A setting that could never do anything is a fault and not a wish. */
const rules = z.record(z.string(), ruleSetting).superRefine((given, context) => {
  const known = new Map<string, EdgeRule>(
    [...filters, ...scrubs].flatMap((one) => one.rules.map((rule) => [rule.id, rule])),
  );
  for (const [id, setting] of Object.entries(given)) {
    const rule = known.get(id);
    const fault = (message: string) =>
      context.addIssue({ code: 'custom', path: [id], message, params: { ofKey: true } });
    const nearest = rule === undefined ? nearestName(id, [...known.keys()]) : undefined;
    if (rule === undefined)
      fault(`the id of a rule; ${nearest === undefined ? 'mailward rules lists them' : `did you mean ${nearest}?`}`);
    else if (rule.fixed === true) fault('left as it is: there is nothing else that could be done with this rule');
    else if (setting.action === 'score' && setting.score === undefined && rule.score === undefined)
      fault('given a score, too, for the action score');
  }
});

const scores = (standard: Pick<PolicySettings, 'tagAt' | 'quarantineAt' | 'refuseAt'>) =>
  z
    .strictObject({
      tag: z.number().default(standard.tagAt),
      quarantine: z.number().default(standard.quarantineAt),
      refuse: z.number().default(standard.refuseAt),
    })
    .prefault({});

/** `local@domain`, or a domain for all of its addresses. */
const recipientName = z
  .string()
  .regex(/^(?:[^\s@]+@)?[^\s@]+\.[^\s@]+$/, {
    error: 'must be an address or a domain, such as a@example.com or example.com',
  })
  .transform((text) => text.toLowerCase());

const exception = z.strictObject({
  recipients: z.array(recipientName).min(1).optional(),
  direction: z.enum(['in', 'out']).optional(),
  monitorOnly: z.boolean().optional(),
  rules: rules.optional(),
  scores: z
    .strictObject({ tag: z.number().optional(), quarantine: z.number().optional(), refuse: z.number().optional() })
    .optional(),
});

/** What becomes of what the filters recognise: in general, and for some recipients. */
export const policySettings = {
  scores: scores(DEFAULT_POLICY),
  monitorOnly: z.boolean().default(false),
  rules: rules.default({}),
  policy: z.array(exception).default([]),
  quarantine: z
    .strictObject({
      answer: z.enum(['refuse', 'accept']).default('refuse'),
      most: bytes.prefault('2 GiB'),
      keep: duration.prefault('30d'),
    })
    .prefault({}),
};
