import type { Evidence } from '../../finding/evidence.ts';
import type { Finding } from '../../finding/finding.ts';
import type { Rule } from '../../finding/rule.ts';
import { SEVERITIES } from '../../finding/rule.ts';
import type { Check } from '../check.ts';

const REFUSE_EARLY = [
  {
    platform: 'Exchange',
    text: 'Refuse unknown recipients at RCPT on the server that faces the Internet.',
    config: 'Set-RecipientFilterConfig -RecipientValidationEnabled $true',
  },
  {
    platform: 'Postfix',
    text: 'Give Postfix the list of recipients.',
    config: 'relay_recipient_maps = hash:/etc/postfix/relay_recipients',
  },
  { platform: 'Exim', text: 'Verify recipients in acl_smtp_rcpt.', config: 'require verify = recipient/callout' },
  { platform: '*', text: 'Refuse at RCPT, so that the sending server writes the report and not yours.' },
] as const;

export const bounceReturned: Rule = {
  id: 'bounce/returned',
  severity: 'medium',
  title: 'The server takes a letter to nobody and sends a report back',
  why: 'Reports go to senders that may be forged, so a spammer floods strangers through this server; and whoever writes to nobody gets a document about the inside.',
  remedy: REFUSE_EARLY,
  references: ['RFC 5321 §6.2', 'RFC 3834 §2', 'RFC 3464 §4'],
  threat: 'recon/bounce',
};
export const bounceTells: Rule = {
  id: 'bounce/tells',
  severity: 'medium',
  title: 'The report about a letter to nobody gives the inside away',
  why: 'Products, versions, names and addresses of inner machines come by return of post to anyone who asks.',
  remedy: [
    ...REFUSE_EARLY,
    {
      platform: '*',
      text: 'Strip inner Received lines and product fields from reports at the last server of your own.',
    },
  ],
  references: ['RFC 3464 §4.2', 'RFC 5321 §7.6', 'CWE-200'],
  threat: 'recon/bounce',
};

/** What a report gives away is quoted up to this many times, the gravest first. */
const QUOTED_MAX = 12;
/** Time zones and the like are quoted beside graver things, and are none themselves. */
const COUNTS_FROM = SEVERITIES.indexOf('low');

export const bounce: Check = {
  rules: [bounceReturned, bounceTells],
  *judge(dossier): Generator<Finding> {
    for (const server of dossier.servers) {
      for (const { port, seen } of server.endpoints) {
        if (seen.bounce === undefined || seen.bounce.report === null) continue;
        const { lines, answer, report } = seen.bounce;
        const subject = `${server.name}:${port}`;
        const [from, to] = answer.at;
        const dialogue: Evidence = { kind: 'dialogue', lines: lines.slice(from, to + 1) };
        const told = report.recipients.map(
          ({ address, status, diagnostic }): Evidence => ({
            kind: 'header',
            field: 'report',
            value: [address, status, diagnostic].filter(Boolean).join(': '),
          }),
        );
        yield { rule: bounceReturned, subject, evidence: [dialogue, ...told] };
        const [first, ...others] = report.disclosures
          .filter(({ severity }) => SEVERITIES.indexOf(severity) >= COUNTS_FROM)
          .slice(0, QUOTED_MAX)
          .map(({ where, value }): Evidence => ({ kind: 'header', field: where, value }));
        if (first !== undefined) yield { rule: bounceTells, subject, evidence: [first, ...others] };
      }
    }
  },
};
