import type { Finding } from '../../finding/finding.ts';
import type { Rule } from '../../finding/rule.ts';
import { readTlsRpt } from '../../wire/dns/tls-rpt.ts';
import type { Check } from '../check.ts';
import { recordOf } from './subjects.ts';

export const tlsRptMissing: Rule = {
  id: 'tls-rpt/missing',
  severity: 'info',
  title: 'The domain asks for no reports on failed TLS',
  why: 'An attack on the transport of mail, or a certificate that ran out, goes unseen.',
  remedy: [
    {
      platform: 'DNS',
      text: 'Publish an address for reports.',
      config: '_smtp._tls.example.com.  TXT  "v=TLSRPTv1; rua=mailto:tls@example.com"',
    },
  ],
  references: ['RFC 8460 §3'],
  threat: 'attack/phishing',
};
export const tlsRptBroken: Rule = {
  id: 'tls-rpt/broken',
  severity: 'low',
  title: 'The TLS reporting record cannot be used',
  why: 'No report arrives, and nobody knows.',
  remedy: [
    {
      platform: 'DNS',
      text: 'Publish one record with a mailto: or https: address.',
      config: '_smtp._tls.example.com.  TXT  "v=TLSRPTv1; rua=mailto:tls@example.com"',
    },
  ],
  references: ['RFC 8460 §3'],
  threat: 'attack/phishing',
};

export const tlsReports: Check = {
  rules: [tlsRptMissing, tlsRptBroken],
  *judge({ target, domain }): Generator<Finding> {
    const asked = domain['policy-records']?.tlsRpt;
    if (asked?.state !== 'known' || domain['mail-map']?.kind !== 'mx') return;
    const name = `_smtp._tls.${target}`;
    const [text] = asked.value;
    if (text === undefined)
      yield { rule: tlsRptMissing, subject: target, evidence: [recordOf(name, 'TXT', 'no v=TLSRPTv1 record')] };
    else if (asked.value.length > 1 || 'fault' in readTlsRpt(text))
      yield { rule: tlsRptBroken, subject: target, evidence: [recordOf(name, 'TXT', text)] };
  },
};
