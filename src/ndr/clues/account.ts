import type { Rule } from '../../finding/rule.ts';
import { type Clue, disclose } from '../clue.ts';

const rule: Rule = {
  id: 'header/account',
  severity: 'high',
  title: 'Headers or reports name accounts',
  why: 'Login names are half of what password guessing needs; a forward or alias that shows its target tells who really reads the mail.',
  remedy: [
    {
      platform: 'Postfix',
      text: 'Do not write the login into Received lines.',
      config: 'smtpd_sasl_authenticated_header = no',
    },
    { platform: 'Exim', text: 'Take $authenticated_id out of received_header_text and of added fields.' },
    { platform: 'PHP', text: 'Do not add the script and its user to mail.', config: 'mail.add_x_header = Off' },
    {
      platform: 'cPanel',
      text: 'Switch the "X-AntiAbuse" and "X-Source" fields off (Tweak settings, "Track email origin").',
    },
    { platform: '*', text: 'Strip the fields at the gateway; let aliases be refused or delivered, not bounced.' },
  ],
  references: ['RFC 4954 §9', 'CWE-200', 'CWE-204'],
  threat: 'attack/account',
};

const FIELDS = new Set([
  'x-authenticated-sender',
  'x-authenticated-user',
  'x-authenticated-id',
  'x-auth-id',
  'x-auth-user',
  'x-sender-account',
  'x-authuser',
  'x-login',
  'x-get-message-sender-via',
  'x-smtp-user',
  'x-sasl-user',
  'x-webmail-user',
  'x-php-user',
  'x-account',
  'x-apparently-from',
  'x-account-key',
]);

/** `host: www-data set sender to a@b.example using -f` of Sendmail. */
const WARNED = /:\s*([\w.+-]{1,64}) set sender to\s/;

/** Logins, local users and the targets of aliases. */
export const account: Clue = {
  rules: [rule],
  *find(seen) {
    for (const { received, where } of seen.received) {
      if (received.account === null || received.account === '0' || received.account.startsWith('bits=')) continue;
      const isNumber = /^\d+$/.test(received.account);
      yield disclose(
        rule,
        'account',
        isNumber ? `uid ${received.account}` : received.account,
        where,
        isNumber ? 'low' : 'high',
      );
    }
    for (const { name, value, where } of seen.fields) {
      if (FIELDS.has(name) && value !== '') yield disclose(rule, 'account', value, where);
      const warned = name === 'x-authentication-warning' ? WARNED.exec(value)?.[1] : undefined;
      if (warned !== undefined) yield disclose(rule, 'account', warned, where, 'medium');
      if (name === 'x-php-originating-script')
        yield disclose(rule, 'account', `uid ${value.split(':')[0]}`, where, 'low');
    }
    yield* aliases(seen);
  },
};

/** A final recipient that is not the one the sender wrote to (RFC 3464 §2.3.2 leaves it out for privacy). */
function* aliases(seen: Parameters<Clue['find']>[0]) {
  let original = '';
  for (const { name, value, where } of seen.fields) {
    if (!where.startsWith('delivery-status')) continue;
    const address = value
      .slice(value.indexOf(';') + 1)
      .trim()
      .toLowerCase();
    if (name === 'original-recipient') original = address;
    if (name === 'final-recipient' && original !== '' && address !== original && address.includes('@'))
      yield disclose(rule, 'account', `${original} is ${address}`, where, 'medium');
    if (name === 'x-actual-recipient' && !value.includes(original))
      yield disclose(rule, 'account', address, where, 'medium');
  }
}
