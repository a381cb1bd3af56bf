import type { Finding } from '../../finding/finding.ts';
import type { Rule } from '../../finding/rule.ts';
import { readDmarc } from '../../wire/dns/dmarc.ts';
import type { Check } from '../check.ts';
import { recordOf } from './subjects.ts';

const DMARC_REJECT = {
  platform: 'DNS',
  text: 'Begin with reports, read them for some weeks, then refuse what fails.',
  config: '_dmarc.example.com.  TXT  "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"',
} as const;

export const dmarcMissing: Rule = {
  id: 'dmarc/missing',
  severity: 'medium',
  title: 'The domain has no DMARC record',
  why: 'The address a reader sees can be forged at will: SPF and DKIM alone do not protect it.',
  remedy: [DMARC_REJECT],
  references: ['RFC 9989 §4'],
  threat: 'attack/phishing',
};
export const dmarcSeveral: Rule = {
  id: 'dmarc/several',
  severity: 'medium',
  title: 'There is more than one DMARC record',
  why: 'Receivers then act as if there were none.',
  remedy: [{ platform: 'DNS', text: 'Keep one record.' }],
  references: ['RFC 9989 §4.10'],
  threat: 'attack/phishing',
};
export const dmarcBroken: Rule = {
  id: 'dmarc/broken',
  severity: 'medium',
  title: 'The DMARC record cannot be used',
  why: 'Receivers act as if there were none.',
  remedy: [DMARC_REJECT],
  references: ['RFC 9989 §4.7'],
  threat: 'attack/phishing',
};
export const dmarcNone: Rule = {
  id: 'dmarc/not-enforced',
  severity: 'medium',
  title: 'The DMARC policy only watches',
  why: 'Forged mail is counted and delivered.',
  remedy: [DMARC_REJECT],
  references: ['RFC 9989 §4.7'],
  threat: 'attack/phishing',
};
export const dmarcNoReports: Rule = {
  id: 'dmarc/no-reports',
  severity: 'info',
  title: 'The DMARC record asks for no reports',
  why: 'Nobody sees who forges the domain, or which own mail fails.',
  remedy: [{ platform: 'DNS', text: 'Add an address for aggregate reports.', config: 'rua=mailto:dmarc@example.com' }],
  references: ['RFC 9990'],
  threat: 'attack/phishing',
};
export const dmarcUnwanted: Rule = {
  id: 'dmarc/reports-not-agreed',
  severity: 'low',
  title: 'DMARC reports go to a domain that has not agreed to take them',
  why: 'They are not sent: forgeries go unseen.',
  remedy: [
    {
      platform: 'DNS',
      text: 'Let the other domain publish its consent.',
      config: 'example.com._report._dmarc.reports.example.  TXT  "v=DMARC1"',
    },
  ],
  references: ['RFC 9990 §4'],
  threat: 'attack/phishing',
};

export const dmarc: Check = {
  rules: [dmarcMissing, dmarcSeveral, dmarcBroken, dmarcNone, dmarcNoReports, dmarcUnwanted],
  *judge({ target, domain }): Generator<Finding> {
    const asked = domain['policy-records']?.dmarc;
    // Without a mail map it is not even known that the domain exists.
    if (asked?.state !== 'known' || domain['mail-map'] === undefined) return;
    const { name, own, records, external } = asked.value;
    const [text] = records;
    if (text === undefined)
      return void (yield {
        rule: dmarcMissing,
        subject: target,
        evidence: [recordOf(name, 'TXT', 'no v=DMARC1 record')],
      });
    const record = recordOf(name, 'TXT', text);
    if (records.length > 1)
      return void (yield {
        rule: dmarcSeveral,
        subject: target,
        evidence: [record, ...records.slice(1).map((other) => recordOf(name, 'TXT', other))],
      });
    const read = readDmarc(text);
    if ('fault' in read) return void (yield { rule: dmarcBroken, subject: target, evidence: [record] });
    const policy = own ? read.policy : (read.subdomainPolicy ?? read.policy);
    if (policy === 'none' || read.testing) yield { rule: dmarcNone, subject: target, evidence: [record] };
    if (read.aggregateTo.length === 0) yield { rule: dmarcNoReports, subject: target, evidence: [record] };
    for (const { domain: to, agreed } of external) {
      if (agreed.state === 'known' && !agreed.value) {
        yield {
          rule: dmarcUnwanted,
          subject: target,
          evidence: [record, recordOf(`${target}._report._dmarc.${to}`, 'TXT', 'none')],
        };
      }
    }
  },
};
