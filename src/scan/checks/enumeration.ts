import type { Finding } from '../../finding/finding.ts';
import type { Rule } from '../../finding/rule.ts';
import type { Check } from '../check.ts';
import { quoted, visited } from './subjects.ts';

export const vrfyTells: Rule = {
  id: 'vrfy/tells',
  severity: 'medium',
  title: 'VRFY tells which addresses do not exist',
  why: 'A list of likely names becomes a list of real ones, for spam, phishing and guessing passwords.',
  remedy: [
    { platform: 'Postfix', text: 'Switch VRFY off.', config: 'disable_vrfy_command = yes' },
    { platform: 'Sendmail', text: 'Switch VRFY and EXPN off.', config: "define(`confPRIVACY_FLAGS', `goaway')" },
    { platform: 'Exim', text: 'Do not define acl_smtp_vrfy (the default).' },
    {
      platform: 'Zimbra',
      text: 'Zimbra runs Postfix.',
      config: 'postconf -e disable_vrfy_command=yes\nzmmtactl reload',
    },
    { platform: '*', text: 'Answer every VRFY with the same 252 or 502.' },
  ],
  references: ['RFC 5321 §3.5.3', 'CVE-1999-0531'],
  threat: 'recon/directory',
};
export const acceptsAnyone: Rule = {
  id: 'recipient/accepts-anyone',
  severity: 'medium',
  title: 'The server takes mail for an address that cannot exist',
  why: 'It must bounce it later, to a sender that may be forged: it floods strangers, and each bounce tells an attacker about the inside.',
  remedy: [
    {
      platform: 'Exchange',
      text: 'Switch recipient validation on. A mailbox server wants the antispam agents first (Install-AntispamAgents.ps1), an Edge server has them.',
      config:
        'Set-RecipientFilterConfig -Enabled $true -RecipientValidationEnabled $true\nRestart-Service MSExchangeTransport',
    },
    {
      platform: 'Postfix',
      text: 'Give Postfix the list of recipients, and take catch-alls (@example.com) out of virtual_alias_maps.',
      config:
        'local_recipient_maps = proxy:unix:passwd.byname $alias_maps\nrelay_recipient_maps = hash:/etc/postfix/relay_recipients',
    },
    {
      platform: 'Exim',
      text: 'Verify recipients in acl_smtp_rcpt; with callout where Exim only relays.',
      config: 'require verify = recipient/callout=30s',
    },
    {
      platform: '*',
      text: 'Refuse unknown recipients at RCPT. A server in front needs the list of the one behind, or asks it.',
    },
  ],
  references: ['RFC 5321 §6.2', 'RFC 5321 §7.8'],
  threat: 'recon/bounce',
};
export const recipientsTold: Rule = {
  id: 'recipient/told-apart',
  severity: 'info',
  title: 'The answer to a recipient tells whether the address exists',
  why: 'That is right and better than bouncing; but without a limit, a list of names can be tried against it.',
  remedy: [
    {
      platform: 'Postfix',
      text: 'End sessions after some errors.',
      config: 'smtpd_soft_error_limit = 3\nsmtpd_hard_error_limit = 6',
    },
    { platform: 'Sendmail', text: 'Slow down after some errors.', config: "define(`confBAD_RCPT_THROTTLE', `3')" },
    {
      platform: 'Exchange',
      text: 'Keep the tarpit, and end sessions after some errors.',
      config:
        'Set-ReceiveConnector -Identity "SERVER\\Default Frontend SERVER" -TarpitInterval 00:00:05 -MaxProtocolErrors 5',
    },
    {
      platform: '*',
      text: 'Limit how many unknown recipients one address may ask for; slow it down after the first few.',
    },
  ],
  references: ['RFC 5321 §7.3'],
  threat: 'recon/directory',
};

export const enumeration: Check = {
  rules: [vrfyTells, acceptsAnyone, recipientsTold],
  *judge(dossier): Generator<Finding> {
    for (const { visit, subject } of visited(dossier)) {
      const { vrfy, recipient } = visit.steps;
      // 252 is the neutral answer, 500 and 502 are off; 501 and 504 are about the form of what was asked.
      if (
        vrfy !== undefined &&
        [550, 551, 553].includes(vrfy.reply.code) &&
        /unknown|no such|not found|unrouteable|does not exist|reject/i.test(vrfy.reply.lines.join(' '))
      ) {
        yield { rule: vrfyTells, subject, evidence: [quoted(visit, vrfy)] };
      }
      if (recipient === undefined) continue;
      const evidence = [quoted(visit, recipient)] as const;
      if (recipient.reply.code === 250 || recipient.reply.code === 251)
        yield { rule: acceptsAnyone, subject, evidence };
      else if (recipient.reply.code === 550 && (recipient.reply.status ?? '5.1.1').startsWith('5.1.'))
        yield { rule: recipientsTold, subject, evidence };
    }
  },
};
