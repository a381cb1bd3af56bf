import type { Finding } from '../../finding/finding.ts';
import type { Rule } from '../../finding/rule.ts';
import { offers, readEhlo } from '../../wire/smtp/ehlo.ts';
import type { Check } from '../check.ts';
import { quoted, visited } from './subjects.ts';

export const noStartTls: Rule = {
  id: 'starttls/missing',
  severity: 'high',
  title: 'The server offers no TLS',
  why: 'Every letter crosses the network in the clear: anyone on the way reads it, and changes it.',
  remedy: [
    {
      platform: 'Postfix',
      text: 'Give it a certificate (Postfix 3.4 and later; the key comes first).',
      config:
        'smtpd_tls_security_level = may\nsmtpd_tls_chain_files = /etc/ssl/private/mail.key, /etc/ssl/certs/mail.pem',
    },
    {
      platform: 'Exim',
      text: 'Give it a certificate.',
      config:
        'tls_advertise_hosts = *\ntls_certificate = /etc/ssl/certs/mail.pem\ntls_privatekey = /etc/ssl/private/mail.key',
    },
    {
      platform: 'Sendmail',
      text: 'Give it a certificate, the key readable by root alone, then rebuild sendmail.cf.',
      config:
        "define(`confCACERT_PATH', `/etc/ssl/certs')\ndefine(`confSERVER_CERT', `/etc/ssl/certs/mail.pem')\ndefine(`confSERVER_KEY', `/etc/ssl/private/mail.key')",
    },
    {
      platform: 'OpenSMTPD',
      text: 'Give it a certificate.',
      config:
        'pki mx.example.com cert "/etc/ssl/certs/mail.pem"\npki mx.example.com key "/etc/ssl/private/mail.key"\nlisten on 0.0.0.0 tls pki mx.example.com',
    },
    {
      platform: 'Zimbra',
      text: 'Switch it on.',
      config: 'zmprov mcf zimbraMtaTlsSecurityLevel may\nzmmtactl restart',
    },
    {
      platform: 'Exchange',
      text: 'Assign a certificate to SMTP.',
      config:
        'Get-ExchangeCertificate | Format-List Subject,Thumbprint\nEnable-ExchangeCertificate -Thumbprint THUMBPRINT -Services SMTP',
    },
    { platform: '*', text: 'Give the server a certificate and offer STARTTLS.' },
  ],
  references: ['RFC 3207', 'RFC 7435'],
  threat: 'attack/phishing',
};
export const startTlsRefused: Rule = {
  id: 'starttls/refused',
  severity: 'high',
  title: 'The server offers STARTTLS and then does not do it',
  why: 'Senders fall back to the clear, or give up: mail is read on the way, or lost.',
  remedy: [
    {
      platform: '*',
      text: "Look into the server's log for the reason: usually a certificate or key that it cannot read.",
    },
  ],
  references: ['RFC 3207 §4'],
  threat: 'attack/phishing',
};
export const startTlsAgain: Rule = {
  id: 'starttls/offered-again',
  severity: 'low',
  title: 'The server offers STARTTLS inside TLS',
  why: 'It does not follow the state of its own session: a sign of a middle box or of an old program.',
  remedy: [{ platform: '*', text: 'Update the server or the box in front of it.' }],
  references: ['RFC 3207 §4.2'],
  threat: 'attack/engine',
};
export const stripped: Rule = {
  id: 'starttls/stripped',
  severity: 'high',
  title: 'Something in front of the server takes its extensions away',
  why: 'A firewall that rewrites SMTP (Cisco "ESMTP inspection") hides STARTTLS from everyone, and mail goes in the clear.',
  remedy: [
    {
      platform: 'Cisco',
      text: 'Allow TLS, or switch the inspection off.',
      config:
        'policy-map type inspect esmtp tls-esmtp\n parameters\n  allow-tls\npolicy-map global_policy\n class inspection_default\n  no inspect esmtp\n  inspect esmtp tls-esmtp',
    },
    { platform: '*', text: 'Switch off what rewrites SMTP in the firewall or the mail filter in front.' },
  ],
  references: ['RFC 3207 §6'],
  threat: 'attack/engine',
};
export const injectable: Rule = {
  id: 'starttls/carried-over',
  severity: 'high',
  title: 'The server answers commands that came in the clear once TLS is up',
  why: 'Whoever sits in between puts commands in front of the real ones, inside the session that looks safe.',
  remedy: [{ platform: '*', text: 'Update the server.' }],
  references: ['CVE-2011-0411', 'RFC 3207 §5'],
  threat: 'attack/engine',
};
export const oldTls: Rule = {
  id: 'tls/old-version',
  severity: 'medium',
  title: 'The server speaks no newer TLS than 1.1',
  why: 'TLS 1.0 and 1.1 can be attacked, and current senders refuse them: mail arrives in the clear or not at all.',
  remedy: [
    { platform: 'Postfix', text: 'Allow TLS 1.2 and later (Postfix 3.6).', config: 'smtpd_tls_protocols = >=TLSv1.2' },
    {
      platform: 'Exchange',
      text: 'Switch TLS 1.2 on in Schannel, and restart.',
      config:
        "$key = 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2\\Server'\nNew-Item $key -Force\nSet-ItemProperty $key -Name Enabled -Value 1 -Type DWord\nSet-ItemProperty $key -Name DisabledByDefault -Value 0 -Type DWord",
    },
    { platform: '*', text: 'Update the TLS library of the server, and allow TLS 1.2 and 1.3.' },
  ],
  references: ['RFC 8996'],
  threat: 'attack/phishing',
};

export const startTls: Check = {
  rules: [noStartTls, startTlsRefused, startTlsAgain, stripped, injectable, oldTls],
  *judge(dossier): Generator<Finding> {
    for (const { visit, subject } of visited(dossier)) {
      const { greeting, ehlo, starttls, ehloAfterTls } = visit.steps;
      const answer = ehlo === undefined ? null : readEhlo(ehlo.reply);
      if (ehlo !== undefined && answer !== null) {
        const masked =
          answer.keywords.some(({ word }) => /^X{4,}[A-Z]?$/.test(word)) ||
          /^\*{4,}/.test(greeting?.reply.lines[0] ?? '');
        if (masked) yield { rule: stripped, subject, evidence: [quoted(visit, ehlo)] };
        else if (offers(answer, 'STARTTLS') === undefined && visit.implicitTls !== true)
          yield { rule: noStartTls, subject, evidence: [quoted(visit, ehlo)] };
      }
      const { tls } = visit;
      if (starttls !== undefined) {
        const evidence = [quoted(visit, starttls)] as const;
        if (starttls.reply.code !== 220) yield { rule: startTlsRefused, subject, evidence };
        // What this program cannot speak proves nothing about the server.
        if (tls?.state === 'failed' && (tls.fault ?? 'ours') !== 'ours') {
          yield {
            rule: startTlsRefused,
            subject,
            evidence: [...evidence, { kind: 'tls', host: subject, quote: tls.detail }],
          };
        }
        if (tls?.state === 'established' && tls.carriedOver !== undefined && tls.carriedOver > 0)
          yield { rule: injectable, subject, evidence };
      }
      if (tls?.state !== 'established') continue;
      if (/^(?:SSLv3|TLSv1(?:\.1)?)$/.test(tls.protocol))
        yield {
          rule: oldTls,
          subject,
          evidence: [{ kind: 'tls', host: subject, quote: `${tls.protocol} ${tls.cipher}` }],
        };
      const inside = visit.implicitTls === true ? ehlo : ehloAfterTls;
      if (inside !== undefined && offers(readEhlo(inside.reply), 'STARTTLS'))
        yield { rule: startTlsAgain, subject, evidence: [quoted(visit, inside)] };
    }
  },
};
