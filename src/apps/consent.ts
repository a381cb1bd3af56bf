import { createHmac, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getDomain } from 'tldts';
import type { Resolver } from '../net/resolver.ts';
import { isInside } from '../wire/ip/address.ts';

/** Whether somebody may be attacked, even harmlessly. */
export type Consent =
  | { readonly granted: true; readonly by: 'inside' | 'token' }
  | { readonly granted: false; readonly because: string };

/** What consent is asked for. */
export interface ConsentQuestion {
  /** The target's name as given, or an address. */
  readonly host: string;
  /** Every address that would be attacked. */
  readonly addresses: readonly string[];
  /** `--authorised`: who allows it, and why. */
  readonly authorised: string | undefined;
  /** The token of each domain that may vouch (`consentToken`). */
  readonly token: (domain: string) => string;
  readonly resolver: Resolver;
}

/**
 * Decides whether an intrusive command may run: `--authorised` says who allows it and why. Loopback and private addresses need no more; for
 * any other, a TXT record `_mailward.<domain>` must carry the token, at the target's own name or a domain above it.
 */
export async function askConsent(question: ConsentQuestion): Promise<Consent> {
  const { host, addresses, authorised, token, resolver } = question;
  if (authorised === undefined || authorised.trim() === '')
    return refused('this attacks the server: --authorised "who and why" says who allows it');
  if (addresses.length > 0 && addresses.every(isInside)) return { granted: true, by: 'inside' };
  const domains = vouchers(host);
  if (domains.length === 0)
    return refused(
      `${host} is a public address: name the server by its host name, so that its domain can vouch for it`,
    );
  for (const domain of domains) {
    const answer = await resolver.query(`_mailward.${domain}`, 'TXT');
    if (answer.status !== 'found') continue;
    const wanted = token(domain);
    if (answer.records.some((record) => 'text' in record && carries(record.text, wanted)))
      return { granted: true, by: 'token' };
  }
  const domain = domains.at(-1) as string;
  return refused(
    `${host} has a public address, and _mailward.${domain} carries no token of yours: mailward scan --token ${domain} prints the record to publish`,
  );
}

const refused = (because: string): Consent => ({ granted: false, because });

function carries(text: string, token: string): boolean {
  return text.split(/[\s;,]+/).includes(`mailward=${token}`) || text.trim() === token;
}

/** The names that may vouch for a host: itself and those above it, down to the domain that somebody registered. */
function vouchers(host: string): readonly string[] {
  const registered = getDomain(host, { allowPrivateDomains: true });
  if (registered === null) return [];
  const labels = host.split('.');
  const least = registered.split('.').length;
  return Array.from({ length: Math.max(0, labels.length - least + 1) }, (_, index) => labels.slice(index).join('.'));
}

/** Hexadecimal digits of a token. */
const TOKEN_LENGTH = 32;

/** The token by which a domain vouches for this installation: the same each time, and useless to any other. */
export function consentToken(domain: string, secret: Uint8Array): string {
  return createHmac('sha256', secret).update(`consent:${domain.toLowerCase()}`).digest('hex').slice(0, TOKEN_LENGTH);
}

/** This installation's secret, made on first use and kept in the data folder for its owner only. Throws if that cannot be written. */
export function consentSecret(folder: string): Uint8Array {
  const path = join(folder, 'consent.key');
  try {
    return readFileSync(path);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'ENOENT') throw fault;
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(path, randomBytes(32), { mode: 0o600, flag: 'wx' });
  } catch (fault) {
    // Another process was first: its secret counts.
    if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') throw fault;
  }
  return readFileSync(path);
}
