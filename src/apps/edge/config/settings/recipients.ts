import { z } from 'zod';
import { DEFAULT_CONTROLS } from '../../../../edge/controls.ts';
import { rate } from './rates.ts';

const { recipients } = DEFAULT_CONTROLS;

const directory = z
  .strictObject({
    url: z.string().refine((text) => /^ldaps?:\/\/[^\s/]+\/?$/.test(text) && URL.canParse(text), {
      error: 'ldap://HOST:389 or ldaps://HOST:636',
    }),
    startTls: z.boolean().default(false),
    authority: z.string().min(1).optional(),
    name: z.string().min(1).optional(),
    bind: z.strictObject({ name: z.string().min(1), passwordFile: z.string().min(1) }).optional(),
    base: z.string().min(1),
    attributes: z
      .array(z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/))
      .min(1)
      .default(['mail', 'mailAlternateAddress', 'proxyAddresses']),
    filter: z
      .string()
      .regex(/^\(.*\)$/, { error: 'must be a filter in brackets, such as (objectClass=person)' })
      .optional(),
  })
  .superRefine(({ url, startTls, authority, name, bind }, context) => {
    const { protocol = '', hostname = '' } = URL.parse(url) ?? {};
    const inTls = protocol === 'ldaps:' || startTls;
    const near = hostname === 'localhost' || /^127\.|^\[::1\]$/.test(hostname);
    const tell = (setting: string, message: string) => context.addIssue({ code: 'custom', path: [setting], message });
    if (protocol === 'ldaps:' && startTls)
      tell('startTls', 'false beside ldaps://, which is TLS from the first byte on');
    for (const [setting, given] of Object.entries({ authority, name }))
      if (given !== undefined && !inTls)
        tell(setting, 'given beside ldaps:// or startTls: true, as nothing is trusted in the clear');
    if (bind !== undefined && !inTls && !near)
      tell('bind', 'given beside ldaps:// or startTls: true, as a password goes there');
  });

/** Which addresses exist, and who says so: a list, a directory, else the upstream. */
export const recipientSettings = z
  .strictObject({
    list: z.string().min(1).optional(),
    traps: z.string().min(1).optional(),
    ask: z.boolean().optional(),
    ldap: directory.optional(),
    harvest: rate(recipients.harvest),
  })
  .prefault({});
