import type { Finding } from '../../finding/finding.ts';
import type { Rule } from '../../finding/rule.ts';
import { ntlmLines } from '../../platform/ntlm-line.ts';
import type { Check } from '../check.ts';
import { quotedPage, webPages } from './subjects.ts';

export const ntlmNames: Rule = {
  id: 'ntlm/names',
  severity: 'low',
  title: 'A log-on by NTLM tells the domain, the machine and the build of Windows before any password',
  why: 'He learns the name of the domain that his guesses need, the name of the machine inside, and how old its Windows is.',
  remedy: [
    {
      platform: 'Exchange',
      text: 'Take NTLM from the web services that strangers reach, or let strangers reach them through a proxy that asks for a log-on first. Outlook then needs modern authentication (OAuth).',
      config: 'Set-WebServicesVirtualDirectory "SERVER\\EWS (Default Web Site)" -WindowsAuthentication $false',
    },
    { platform: '*', text: 'Offer NTLM to the inside alone.' },
  ],
  references: ['MS-NLMP §2.2.1.2', 'CWE-200'],
  threat: 'attack/account',
};

/** Judges what a challenge of NTLM told to somebody who had given no password. */
export const ntlmLeak: Check = {
  rules: [ntlmNames],
  *judge(dossier): Generator<Finding> {
    for (const { page, subject } of webPages(dossier)) {
      const told = page.fields.flatMap(([name, value]) => (name === 'www-authenticate' ? ntlmLines(value) : []));
      if (told.length > 0) yield { rule: ntlmNames, subject, evidence: [quotedPage(page, told.join(', '))] };
    }
  },
};
