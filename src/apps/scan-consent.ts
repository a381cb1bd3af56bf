import { isIP } from 'node:net';
import type { Pin, ScanTools } from '../scan/probe.ts';
import { mailMap } from '../scan/probes/mail-map.ts';
import type { Target } from '../scan/target.ts';
import { askConsent, type Consent } from './consent.ts';

/** What an intrusive scan must know before it touches a target. */
export interface ScanConsentQuestion {
  readonly target: Target;
  readonly pins: ReadonlyMap<string, Pin>;
  /** `--authorised`. */
  readonly authorised: string | undefined;
  readonly token: (domain: string) => string;
  readonly tools: ScanTools;
}

/**
 * Decides whether a target may be scanned intrusively: every address that the scan would touch is asked for, those of all its mail servers or of the
 * one server that was named. Without an address it is granted: nothing will be touched.
 */
export async function askScanConsent(question: ScanConsentQuestion): Promise<Consent> {
  const { target, pins, authorised, token, tools } = question;
  const host = target.kind === 'domain' ? target.domain : target.host;
  const addresses = target.kind === 'domain' ? await ofDomain(host, pins, tools) : await ofHost(host, pins, tools);
  if (addresses.length === 0 && (authorised ?? '').trim() !== '') return { granted: true, by: 'inside' };
  return askConsent({ host, addresses, authorised, token, resolver: tools.resolver });
}

async function ofDomain(domain: string, pins: ReadonlyMap<string, Pin>, tools: ScanTools): Promise<readonly string[]> {
  const map = await mailMap.look({ domain, pins }, tools).catch(() => null);
  const servers = map?.servers ?? [];
  return servers.flatMap(({ name, addresses }) => pins.get(name)?.address ?? addresses);
}

async function ofHost(host: string, pins: ReadonlyMap<string, Pin>, tools: ScanTools): Promise<readonly string[]> {
  const pin = pins.get(host);
  if (pin !== undefined) return [pin.address];
  if (isIP(host) !== 0) return [host];
  const answers = await Promise.all([tools.resolver.query(host, 'A'), tools.resolver.query(host, 'AAAA')]);
  return answers.flatMap((answer) =>
    answer.status === 'found' ? answer.records.flatMap((record) => ('address' in record ? [record.address] : [])) : [],
  );
}
