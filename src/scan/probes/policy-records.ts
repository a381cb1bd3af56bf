import { UnreachedError } from '../../finding/unreached.ts';
import { isMtaSts } from '../../wire/dns/mta-sts.ts';
import { isSpf } from '../../wire/dns/spf.ts';
import { isTlsRpt } from '../../wire/dns/tls-rpt.ts';
import type { DomainTarget, Probe } from '../probe.ts';
import { type DmarcSeen, walkDmarc } from './dmarc-walk.ts';
import type { Asked } from './mail-map.ts';
import { type SpfCost, walkSpf } from './spf-walk.ts';
import { askTexts } from './texts.ts';

/** The policies a domain publishes about its mail. Each part is known, or says why it could not be asked for. */
export interface PolicyRecordsSeen {
  /** TXT records of the domain that claim to be SPF. */
  readonly spf: Asked<readonly string[]>;
  /** What evaluating the one SPF record costs and covers; null unless there is exactly one. */
  readonly spfCost: SpfCost | null;
  readonly dmarc: Asked<DmarcSeen>;
  readonly mtaSts: Asked<readonly string[]>;
  readonly tlsRpt: Asked<readonly string[]>;
}

/** Reads the policy records of a domain: SPF, DMARC, MTA-STS and TLS-RPT. */
export const policyRecords: Probe<'policy-records', DomainTarget, PolicyRecordsSeen> = {
  name: 'policy-records',
  connections: 0,
  async look({ domain }, tools) {
    const [spf, dmarc, mtaSts, tlsRpt] = await Promise.all([
      askTexts(domain, isSpfLike, tools),
      walkDmarc(domain, tools),
      askTexts(`_mta-sts.${domain}`, isMtaSts, tools),
      askTexts(`_smtp._tls.${domain}`, isTlsRpt, tools),
    ]);
    // Nothing at all was answered: that is no look.
    if ([spf, dmarc, mtaSts, tlsRpt].every(({ state }) => state === 'unknown') && spf.state === 'unknown')
      throw new UnreachedError(spf.reason, spf.detail);
    const [only, ...more] = spf.state === 'known' ? spf.value.filter(isSpf) : [];
    const spfCost = only === undefined || more.length > 0 ? null : await walkSpf(domain, only, tools);
    return { spf, spfCost, dmarc, mtaSts, tlsRpt };
  },
  *missed({ spf, spfCost, dmarc, mtaSts, tlsRpt }) {
    const parts = { SPF: spf, DMARC: dmarc, 'MTA-STS': mtaSts, 'TLS-RPT': tlsRpt };
    for (const [part, { reason, detail }] of Object.entries(parts).flatMap(unknownParts))
      yield { part, reason, detail };
    const incomplete = spfCost?.incomplete;
    if (incomplete) yield { part: `SPF (${incomplete.what})`, reason: incomplete.reason, detail: incomplete.detail };
    for (const { domain, agreed } of dmarc.state === 'known' ? dmarc.value.external : [])
      if (agreed.state === 'unknown')
        yield { part: `the consent of ${domain} to DMARC reports`, reason: agreed.reason, detail: agreed.detail };
  },
};

type Unknown = Extract<Asked<never>, { state: 'unknown' }>;

function unknownParts([part, asked]: readonly [string, Asked<unknown>]): (readonly [string, Unknown])[] {
  return asked.state === 'unknown' ? [[part, asked]] : [];
}

/** `v=spf1` with anything behind it: a record that only looks like SPF is a mistake worth telling. */
function isSpfLike(text: string): boolean {
  return /^\s*"?v\s*=\s*spf1/i.test(text);
}
