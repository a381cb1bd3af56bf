import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { readNetwork } from '../../../wire/ip/networks.ts';

/** Wraps a single value that may be given instead of a list. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (given) => (typeof given === 'string' ? [given] : given),
    z.array(item).min(1, { error: 'at least one' }),
  );

export const domain = z.string().transform((text, context) => {
  // Of what is no domain at all it would read the part in front.
  const ascii = /[/?#\\%]/.test(text) ? '' : domainToASCII(text.replace(/\.$/, '')).toLowerCase();
  if (/^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/.test(ascii))
    return ascii;
  context.addIssue({ code: 'custom', message: 'a domain name, such as example.com' });
  return z.NEVER;
});

export const network = z.string().transform((text, context) => {
  const read = readNetwork(text);
  if (read !== null) return read;
  context.addIssue({
    code: 'custom',
    message: 'an address or a network, such as 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32',
  });
  return z.NEVER;
});

/** Networks, or none. */
export const networks = listOf(network)
  .optional()
  .transform((given) => given ?? []);
