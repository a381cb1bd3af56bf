import type { Rule } from '../../finding/rule.ts';
import { type Clue, disclose } from '../clue.ts';
import { isInternalName } from '../internal.ts';

const rule: Rule = {
  id: 'header/certificate-name',
  severity: 'low',
  title: 'Received lines show the names of certificates',
  why: 'The names of client certificates and of their issuer show machines of the inner network and a private certificate authority.',
  remedy: [
    {
      platform: 'Postfix',
      text: 'Do not write TLS details into Received lines.',
      config: 'smtpd_tls_received_header = no',
    },
    { platform: 'Exim', text: 'Take $tls_in_peerdn out of received_header_text.' },
    { platform: '*', text: 'Strip inner Received lines at the last server of your own.' },
  ],
  references: ['RFC 5321 §7.6', 'CWE-200'],
  threat: 'recon/bounce',
};

/** Names of TLS peers in comments: Postfix `Client CN "…", Issuer "…"`, Exim `DN="…"`, Sendmail `verify=`. */
export const certificate: Clue = {
  rules: [rule],
  *find(seen) {
    for (const { received, where } of seen.received) {
      for (const { text } of received.comments) {
        const client = /Client CN "([^"]{1,120})"(?:, Issuer "([^"]{0,120})")?/.exec(text);
        if (client !== null) {
          const name = client[1] as string;
          yield disclose(rule, 'internal-host', name, where, isInternalName(name) ? 'medium' : 'info');
          if (client[2] !== undefined && client[2] !== '')
            yield disclose(rule, 'software', `certificate issuer ${client[2]}`, where, 'info');
        }
        const dn = /\bDN="([^"]{1,200})"/.exec(text);
        if (dn !== null) yield disclose(rule, 'internal-host', dn[1] as string, where, 'low');
      }
    }
  },
};
