import type { Finding } from '../../finding/finding.ts';
import type { Rule } from '../../finding/rule.ts';
import { offers, readEhlo } from '../../wire/smtp/ehlo.ts';
import type { Check } from '../check.ts';
import { quoted, visited } from './subjects.ts';

export const authInClearRule: Rule = {
  id: 'auth/in-clear',
  severity: 'high',
  title: 'The server asks for passwords before TLS',
  why: 'Whoever listens on the way reads the password, and owns the account.',
  remedy: [
    { platform: 'Postfix', text: 'Offer AUTH inside TLS only.', config: 'smtpd_tls_auth_only = yes' },
    {
      platform: 'Exim',
      text: 'Offer AUTH inside TLS only.',
      config: 'auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}',
    },
    {
      platform: 'Sendmail',
      text: 'Offer plain mechanisms inside TLS only.',
      config: "define(`confAUTH_OPTIONS', `A p')",
    },
    {
      platform: 'Exchange',
      text: 'Require TLS for basic authentication.',
      config:
        'Set-ReceiveConnector -Identity "SERVER\\Default Frontend SERVER" -AuthMechanism Tls,BasicAuth,BasicAuthRequireTLS,ExchangeServer',
    },
    {
      platform: 'Zimbra',
      text: 'Offer AUTH inside TLS only.',
      config: 'zmprov mcf zimbraMtaTlsAuthOnly TRUE\nzmmtactl restart',
    },
    {
      platform: '*',
      text: 'Offer AUTH inside TLS only; on port 25 best not at all, and on 465 and 587 for your own people.',
    },
  ],
  references: ['RFC 4954 §4', 'RFC 8314 §3'],
  threat: 'attack/account',
};
export const ntlmOffered: Rule = {
  id: 'auth/ntlm',
  severity: 'medium',
  title: 'The server offers NTLM to strangers',
  why: 'One request makes it tell its computer name, domain and Windows build, and the exchange can be relayed or cracked.',
  remedy: [
    {
      platform: 'Exchange',
      text: 'Take Integrated Windows authentication off connectors that face the Internet.',
      config:
        'Set-ReceiveConnector -Identity "SERVER\\Default Frontend SERVER" -AuthMechanism Tls,BasicAuth,BasicAuthRequireTLS,ExchangeServer',
    },
    { platform: '*', text: 'Take NTLM out of the mechanisms of the SASL library; passwords go inside TLS by PLAIN.' },
  ],
  references: ['MS-NLMP §2.2.1.2', 'CWE-200'],
  threat: 'attack/account',
};

/** Mechanisms that carry the password itself. */
const PLAIN = /^(?:PLAIN|LOGIN)$/i;

export const authInClear: Check = {
  rules: [authInClearRule, ntlmOffered],
  *judge(dossier): Generator<Finding> {
    for (const { visit, subject } of visited(dossier)) {
      for (const [step, secure] of [
        ['ehlo', visit.implicitTls === true],
        ['ehloAfterTls', true],
      ] as const) {
        const exchange = visit.steps[step];
        const auth = exchange === undefined ? undefined : offers(readEhlo(exchange.reply), 'AUTH');
        if (exchange === undefined || auth === undefined) continue;
        const evidence = [quoted(visit, exchange)] as const;
        if (!secure && auth.parameters.some((word) => PLAIN.test(word)))
          yield { rule: authInClearRule, subject, evidence };
        if (auth.parameters.some((word) => /^NTLM$/i.test(word))) {
          yield { rule: ntlmOffered, subject, evidence };
          break;
        }
      }
    }
  },
};
