import type { Attack } from '../attack.ts';
import { hello, mail, says, script } from '../script.ts';
import { scripted } from '../scripted.ts';

/** Announces messages that are impossibly large, or of no size at all (RFC 1870). Sends none. */
export const falseSize: Attack = scripted({
  name: 'false-size',
  title: 'Announces messages of impossible size',
  threat: 'attack/overflow',
  control: 'edge/hard-limits',
  severity: 'low',
  gain: 'He learns that the size is not looked at before the message has been carried, or overruns the number it is kept in.',
  remedy: [
    {
      platform: '*',
      text: 'Offer SIZE with a limit, and refuse at MAIL what is announced as larger, or as no number.',
    },
    { platform: 'Postfix', text: 'Set a limit.', config: 'message_size_limit = 36700160' },
  ],
  references: ['RFC 1870 §6.1', 'RFC 5321 §4.5.3.1.7'],
  cost: { connections: 4, messages: 0, bytes: 1_000, seconds: 2 },
  pairs: (facts) => {
    const sting = (size: string) => script(hello(facts), says(`MAIL FROM:<${facts.sender}> SIZE=${size}`), 'S: 250*');
    return [
      { form: 'a terabyte', control: mail(facts), sting: sting('1099511627776') },
      { form: 'less than nothing', control: mail(facts), sting: sting('-1') },
      { form: 'no number', control: mail(facts), sting: sting('abc') },
    ];
  },
});
