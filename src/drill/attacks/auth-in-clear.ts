import type { Attack } from '../attack.ts';
import { hello, script } from '../script.ts';
import { scripted } from '../scripted.ts';

/** Begins to log in outside TLS. No password is sent. */
export const authInClear: Attack = scripted({
  name: 'auth-in-clear',
  title: 'Begins to log in without TLS',
  threat: 'attack/account',
  control: 'edge/auth-guard',
  severity: 'high',
  gain: 'Whoever sits on the line reads the passwords of all who log in this way.',
  remedy: [
    { platform: '*', text: 'Take AUTH inside TLS only.' },
    { platform: 'Postfix', text: 'Require TLS for it.', config: 'smtpd_tls_auth_only = yes' },
    {
      platform: 'Exim',
      text: 'Offer it inside TLS only.',
      config: 'auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}',
    },
    {
      platform: 'Exchange',
      text: 'Offer basic authentication after TLS only.',
      config: 'Set-ReceiveConnector NAME -AuthMechanism Tls,BasicAuth,BasicAuthRequireTLS',
    },
  ],
  references: ['RFC 4954 §4', 'RFC 8314 §3.3'],
  cost: { connections: 3, messages: 0, bytes: 300, seconds: 2 },
  pairs: (facts) => {
    const control = script(hello(facts), 'C: NOOP', 'S: 2*');
    return ['LOGIN', 'PLAIN'].map((mechanism) => ({
      form: mechanism,
      control,
      sting: script(hello(facts), `C: AUTH ${mechanism}`, 'S: 334*'),
    }));
  },
});
