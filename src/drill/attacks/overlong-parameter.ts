import type { Attack } from '../attack.ts';
import { hello, mail, says, script } from '../script.ts';
import { scripted } from '../scripted.ts';

/** Sends MAIL with parameters that are unknown, or far too long, or no value at all. */
export const overlongParameter: Attack = scripted({
  name: 'overlong-parameter',
  title: 'Sends MAIL with unknown and overlong parameters',
  threat: 'attack/overflow',
  control: 'edge/hard-limits',
  severity: 'low',
  gain: 'He finds code that keeps what it does not understand, and hands it on to a server that does.',
  remedy: [
    { platform: '*', text: 'Refuse parameters that were not offered in EHLO (555), and values beyond their length.' },
  ],
  references: ['RFC 5321 §4.1.1.11', 'RFC 5321 §4.5.3.1.4', 'RFC 3461 §4.4'],
  cost: { connections: 4, messages: 0, bytes: 12_000, seconds: 2 },
  pairs: (facts) => {
    const sting = (parameter: string) =>
      script(hello(facts), says(`MAIL FROM:<${facts.sender}> ${parameter}`), 'S: 250*');
    return [
      { form: 'a parameter nobody offered', control: mail(facts), sting: sting('XDRILL=1') },
      { form: 'BODY of 4,000 bytes', control: mail(facts), sting: sting(`BODY=${'8'.repeat(4_000)}`) },
      { form: 'ENVID of 5,000 bytes', control: mail(facts), sting: sting(`ENVID=${'e'.repeat(5_000)}`) },
    ];
  },
});
