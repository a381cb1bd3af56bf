import { z } from 'zod';
import { DEFAULT_CONTROLS } from '../../../edge/controls.ts';
import type { Network } from '../../../wire/ip/networks.ts';
import { rate } from './rates.ts';
import { type UpstreamEntry, type UpstreamRoutes, upstreamSetting } from './upstream.ts';
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

/** The server that is asked about passwords: that of `submission`, else the first one that mail is handed to. */
export function loginEntry(given: {
  readonly upstream: UpstreamRoutes;
  readonly submission: { readonly upstream?: UpstreamRoutes | undefined };
}): UpstreamEntry {
  const routes = given.submission.upstream ?? given.upstream;
  return (routes.get('*') ?? [...routes.values()][0])?.[0] as UpstreamEntry;
}

/** Why passwords must not be sent to a server; null if they may. */
export function loginFault({ place }: UpstreamEntry): string | null {
  if (place.protocol === 'lmtp') return 'an SMTP server that takes AUTH, as LMTP knows no passwords';
  const near = place.path !== '' || place.host === 'localhost' || /^127\.|^::1$/.test(place.host);
  return near || place.tls === 'starttls' || place.tls === 'implicit'
    ? null
    : 'a server inside TLS, such as smtp+tls://mail.example.com:587, as passwords go there';
}
