import type { Attack } from '../attack.ts';
import { naming } from '../naming.ts';

/** Names the product from the greeting and the goodbye alone. */
export const nameByGreeting: Attack = naming({
  name: 'name-by-greeting',
  title: 'Names the product by its greeting',
  threat: 'recon/greeting',
  control: 'edge/neutral-dialect',
  severity: 'low',
  gain: 'He looks up the holes of this product, and tries only those.',
  remedy: [
    { platform: '*', text: 'Greet with the host name alone.' },
    { platform: 'Postfix', text: 'Take the product out of the greeting.', config: 'smtpd_banner = $myhostname ESMTP' },
    {
      platform: 'Exim',
      text: 'Take the product out of the greeting.',
      config: 'smtp_banner = $smtp_active_hostname ESMTP',
    },
    {
      platform: 'Sendmail',
      text: 'Take the product out of the greeting.',
      config: "define(`confSMTP_LOGIN_MSG', `$j')",
    },
    {
      platform: 'Exchange',
      text: 'Set a banner of your own.',
      config: 'Set-ReceiveConnector NAME -Banner "220 mx.example.com ESMTP"',
    },
  ],
  references: ['RFC 5321 §4.2', 'RFC 5321 §7.5'],
  cost: { connections: 1, messages: 0, bytes: 10, seconds: 1 },
  greeting: true,
  questions: () => [{ say: 'QUIT', kind: 'smtp.quit' }],
});
