import { z } from 'zod';
import { DEFAULT_CONTROLS } from '../../../edge/controls.ts';
import { rate } from './rates.ts';

const { recipients } = DEFAULT_CONTROLS;

const directory = z.strictObject({
  url: z.string().regex(/^ldaps?:\/\/[^\s/]+\/?$/, { error: 'must be ldap://HOST:389 or ldaps://HOST:636' }),
  startTls: z.boolean().default(false),
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
});

/** Which addresses exist, and who says so: a list, a directory, else the upstream. */
export const recipientSettings = z
  .strictObject({
    list: z.string().min(1).optional(),
    traps: z.string().min(1).optional(),
    ask: z.boolean().default(recipients.ask),
    ldap: directory.optional(),
    harvest: rate(recipients.harvest),
  })
  .prefault({});
