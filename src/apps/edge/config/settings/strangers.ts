import { z } from 'zod';
import { DEFAULT_CONTROLS } from '../../../../edge/controls.ts';
import { duration, durationOrNone } from '../units.ts';
import { guardSettings } from './guard.ts';
import { classRates, rate } from './rates.ts';
import { recipientSettings } from './recipients.ts';
import { reputationSettings } from './reputation.ts';
import { domain, network } from './values.ts';

const D = DEFAULT_CONTROLS;

/** What the filters of strangers are set to. */
export const strangerSettings = {
  lists: z
    .strictObject({ allow: z.array(z.string().min(1)).default([]), deny: z.array(z.string().min(1)).default([]) })
    .prefault({}),
  names: z.boolean().default(D.names),
  greetWait: durationOrNone.default(D.greetWait),
  rates: z
    .strictObject({
      connections: classRates(D.rates.connections),
      messages: classRates(D.rates.messages),
      recipients: classRates(D.rates.recipients),
      perSender: rate(D.rates.perSender).describe(
        'Messages of one sender’s address, from wherever; those that known peers bring are counted apart from those of strangers.',
      ),
      perRecipient: rate(D.rates.perRecipient).describe(
        'What one mailbox gets, whatever stands behind a `+`: so many at once, and so many a minute. Known senders are counted apart from strangers, so that a flood of theirs does not keep their letters out.',
      ),
      perDomain: rate(D.rates.perDomain).describe(
        'Messages of all strangers together in the name of one domain: campaigns change the sender’s address, not its domain. Peers that are known are not counted, lest a flood in a provider’s name keeps its own mail out.',
      ),
    })
    .prefault({}),
  tarpit: z
    .strictObject({ step: durationOrNone.default(D.tarpit.step), most: duration.default(D.tarpit.most) })
    .prefault({}),
  recipients: recipientSettings,
  guard: guardSettings,
  reputation: reputationSettings,
  dnsLists: z
    .array(
      z.strictObject({
        zone: domain,
        score: z.number().default(5),
        codes: z
          .array(z.string().regex(/^127(?:\.\d{1,3}){3}$/, { error: 'must be an answer such as 127.0.0.4' }))
          .nullable()
          .default(null),
      }),
    )
    .default([]),
  greylist: z
    .strictObject({
      who: z.enum(['nobody', 'suspects', 'strangers']).default(D.greylist.who),
      wait: duration.default(D.greylist.wait),
      remember: duration.default(D.greylist.remember),
      skip: z.array(z.union([network, domain])).default([]),
      score: z.number().default(D.greylist.score),
    })
    .prefault({}),
};
