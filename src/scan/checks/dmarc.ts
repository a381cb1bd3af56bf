import type { Finding } from '../../finding/finding.ts';
import type { Rule } from '../../finding/rule.ts';
import { effectivePolicy, readDmarc } from '../../wire/dns/dmarc.ts';
import type { Check } from '../check.ts';
import { recordOf } from './subjects.ts';

const BEGIN = {
  platform: 'DNS',
  text: 'Begin with reports alone, and read them for some weeks; then, once own mail passes, refuse the rest by p=reject.',
  config: '_dmarc.example.com.  TXT  "v=DMARC1; p=none; rua=mailto:dmarc@example.com"',
} as const;
const ENFORCE = {
  platform: 'DNS',
  text: 'Once the reports show that own mail passes, refuse the rest: p=quarantine for some weeks, then p=reject.',
  config: '_dmarc.example.com.  TXT  "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"',
} as const;

export const dmarcMissing: Rule = {
  id: 'dmarc/missing',
  severity: 'medium',
  title: 'The domain has no DMARC record',
  why: 'The address a reader sees can be forged at will: SPF and DKIM alone do not protect it.',
  remedy: [BEGIN],
  references: ['RFC 9989 §4'],
  threat: 'attack/phishing',
};
export const dmarcSeveral: Rule = {
  id: 'dmarc/several',
  severity: 'medium',
  title: 'There is more than one DMARC record',
  why: 'Receivers then act as if there were none.',
  remedy: [{ platform: 'DNS', text: 'Keep one record.' }],
  references: ['RFC 9989 §4.10.1'],
  threat: 'attack/phishing',
};
export const dmarcBroken: Rule = {
  id: 'dmarc/broken',
  severity: 'medium',
  title: 'The DMARC record cannot be used',
  why: 'Receivers act as if there were none.',
  remedy: [{ ...BEGIN, text: 'Write it anew: v=DMARC1 first, then p, then where reports go.' }],
  references: ['RFC 9989 §4.7'],
  threat: 'attack/phishing',
};
export const dmarcNone: Rule = {
  id: 'dmarc/not-enforced',
  severity: 'medium',
  title: 'The DMARC policy only watches',
  why: 'Forged mail is counted and delivered.',
  remedy: [ENFORCE],
  references: ['RFC 9989 §4.7'],
  threat: 'attack/phishing',
};
export const dmarcSubdomains: Rule = {
  id: 'dmarc/subdomains-not-enforced',
  severity: 'medium',
  title: 'The DMARC policy leaves out the names below the domain',
  why: 'An attacker writes in the name of accounts.example.com instead of example.com; the name need not even exist.',
  remedy: [
    {
      platform: 'DNS',
      text: 'Take sp=none and np=none out, or enforce them too; names that send mail of their own get a record of their own.',
      config: '_dmarc.example.com.  TXT  "v=DMARC1; p=reject; sp=reject; np=reject; rua=mailto:dmarc@example.com"',
    },
  ],
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
  rules: [dmarcMissing, dmarcSeveral, dmarcBroken, dmarcNone, dmarcSubdomains, dmarcNoReports, dmarcUnwanted],
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
    if (effectivePolicy(policy, read.testing) === 'none')
      yield { rule: dmarcNone, subject: target, evidence: [record] };
    else if (own && [read.subdomainPolicy, read.absentPolicy].includes('none'))
      yield { rule: dmarcSubdomains, subject: target, evidence: [record] };
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
