import { z } from 'zod';
import { asciiDomain } from '../../../../wire/address/ascii-domain.ts';
import { networkOf, readNetwork } from '../../../../wire/ip/networks.ts';

/** Wraps a single value that may be given instead of a list. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (given) => (typeof given === 'string' ? [given] : given),
    z.array(item).min(1, { error: 'at least one' }),
  );

export const domain = z.string({ error: 'a domain name, such as example.com' }).transform((text, context) => {
  const ascii = asciiDomain(text);
  if (ascii !== null) return ascii;
  context.addIssue({ code: 'custom', message: 'a domain name, such as example.com' });
  return z.NEVER;
});

const NETWORK = 'an address or a network, such as 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32';

export const network = z.string({ error: NETWORK }).transform((text, context) => {
  const read = readNetwork(text);
  if (read !== null) return read;
  const [address = '', prefix] = text.split('/');
  const alone = prefix === undefined ? null : readNetwork(address);
  // Whoever writes 10.1.2.3/8 means one of two things.
  const slip = alone !== null && Number(prefix) < 8 * alone.bytes.length;
  const meant = slip ? networkOf(address, Number(prefix), Number(prefix)) : null;
  context.addIssue({ code: 'custom', message: meant === null ? NETWORK : meantText(address, prefix as string, meant) });
  return z.NEVER;
});

function meantText(address: string, prefix: string, meant: string): string {
  const network = address.includes(':') ? `the network of its first ${prefix} bits` : meant;
  return `${network} or ${address} alone: ${address}/${prefix} names one address within a network`;
}

/** Networks, or none. */
export const networks = listOf(network)
  .optional()
  .transform((given) => given ?? []);
