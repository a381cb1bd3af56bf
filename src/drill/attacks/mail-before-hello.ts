import type { Attack } from '../attack.ts';
import { mail, says, script } from '../script.ts';
import { scripted } from '../scripted.ts';

/** Begins a transaction without having said who is there. */
export const mailBeforeHello: Attack = scripted({
  name: 'mail-before-hello',
  title: 'Begins a message without EHLO',
  threat: 'attack/engine',
  control: 'edge/strict-protocol',
  severity: 'low',
  gain: 'His engine gets by without a name: whatever is checked about names is not checked for him.',
  remedy: [
    { platform: '*', text: 'Answer 503 to MAIL before EHLO or HELO.' },
    { platform: 'Postfix', text: 'Require a greeting.', config: 'smtpd_helo_required = yes' },
  ],
  references: ['RFC 5321 §3.2', 'RFC 5321 §4.1.4'],
  cost: { connections: 2, messages: 0, bytes: 200, seconds: 1 },
  pairs: (facts) => [
    {
      form: 'MAIL without EHLO',
      control: mail(facts),
      sting: script('S: 220*', says(`MAIL FROM:<${facts.sender}>`), 'S: 250*'),
    },
  ],
});
