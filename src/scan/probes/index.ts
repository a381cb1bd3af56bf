import { bounce } from './bounce.ts';
import { mailMap } from './mail-map.ts';
import { mtaStsPolicy } from './mta-sts-policy.ts';
import { policyRecords } from './policy-records.ts';
import { visit } from './visit.ts';
import { web } from './web.ts';

/** Probes that ask about a domain, in order. `mail-map` comes first: it says which servers there are. */
export const domainProbes = [mailMap, policyRecords, mtaStsPolicy] as const;
export type DomainProbe = (typeof domainProbes)[number];

/** Probes of one port of one address, in order. */
export const endpointProbes = [visit] as const;
export type EndpointProbe = (typeof endpointProbes)[number];

/** Probes of one web port of a mail server, in order. */
export const webProbes = [web] as const;
export type WebProbe = (typeof webProbes)[number];

/** Probes that do more than any sending server may: with consent only, at the first open port of the first server, in order. */
export const intrusiveProbes = [bounce] as const;
export type IntrusiveProbe = (typeof intrusiveProbes)[number];
