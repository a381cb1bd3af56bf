import { z } from 'zod';
import { DEFAULT_CONTROLS } from '../../../../edge/controls.ts';
import type { Network } from '../../../../wire/ip/networks.ts';
import { rate } from './rates.ts';
import { upstreamSetting } from './upstream.ts';
import { networks } from './values.ts';

const { accounts } = DEFAULT_CONTROLS;

/** Bits that a network of ours has at the least: who names more of the Internet than that has opened a relay to it. */
const PREFIX_LEAST = { 4: 8, 16: 16 } as const;

/** Mail of the inside: who may send it, how much of it, and where it goes. */
export const outboundSettings = {
  inside: networks.superRefine((given, context) => {
    for (const network of given)
      if (isTooWide(network))
        context.addIssue({ code: 'custom', message: 'networks of yours, not a part of the Internet as large as this' });
  }),
  outbound: upstreamSetting.optional(),
  submission: z
    .strictObject({
      upstream: upstreamSetting.optional(),
      mechanisms: z
        .array(z.enum(['PLAIN', 'LOGIN']))
        .min(1, { error: 'at least one' })
        .default(['PLAIN', 'LOGIN']),
    })
    .prefault({}),
  accounts: z.strictObject({ messages: rate(accounts.messages), recipients: rate(accounts.recipients) }).prefault({}),
};

function isTooWide({ bytes, prefix }: Network): boolean {
  return prefix < PREFIX_LEAST[bytes.length as 4 | 16];
}
