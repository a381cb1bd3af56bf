import type { Finding } from '../../finding/finding.ts';
import type { Rule } from '../../finding/rule.ts';
import { readMtaStsRecord } from '../../wire/dns/mta-sts.ts';
import type { Check } from '../check.ts';
import { recordOf } from './subjects.ts';

export const mtaStsMissing: Rule = {
  id: 'mta-sts/missing',
  severity: 'low',
  title: 'The domain does not ask senders for verified TLS (MTA-STS)',
  why: 'Whoever sits between two servers can take STARTTLS away or answer with his own certificate, and read the mail.',
  remedy: [
    {
      platform: 'DNS',
      text: 'Publish the record, and the policy at https://mta-sts.example.com/.well-known/mta-sts.txt.',
      config: '_mta-sts.example.com.  TXT  "v=STSv1; id=20260101"',
    },
  ],
  references: ['RFC 8461 §3'],
  threat: 'attack/phishing',
};
export const mtaStsBroken: Rule = {
  id: 'mta-sts/broken',
  severity: 'low',
  title: 'The MTA-STS record cannot be used',
  why: 'Senders act as if there were none.',
  remedy: [
    {
      platform: 'DNS',
      text: 'Publish one record with an id of letters and digits.',
      config: '_mta-sts.example.com.  TXT  "v=STSv1; id=20260101"',
    },
  ],
  references: ['RFC 8461 §3.1'],
  threat: 'attack/phishing',
};

export const mtaSts: Check = {
  rules: [mtaStsMissing, mtaStsBroken],
  *judge({ target, domain }): Generator<Finding> {
    const asked = domain['policy-records']?.mtaSts;
    if (asked?.state !== 'known' || domain['mail-map']?.kind !== 'mx') return;
    const name = `_mta-sts.${target}`;
    const [text] = asked.value;
    if (text === undefined)
      yield { rule: mtaStsMissing, subject: target, evidence: [recordOf(name, 'TXT', 'no v=STSv1 record')] };
    else if (asked.value.length > 1 || 'fault' in readMtaStsRecord(text))
      yield { rule: mtaStsBroken, subject: target, evidence: [recordOf(name, 'TXT', text)] };
  },
};
