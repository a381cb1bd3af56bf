import type { Attack } from '../attack.ts';
import { hello, mail, says, script } from '../script.ts';
import { scripted } from '../scripted.ts';

/** Sends addresses beyond the lengths that RFC 5321 §4.5.3.1 knows. */
export const overlongAddress: Attack = scripted({
  name: 'overlong-address',
  title: 'Sends addresses that are far too long',
  threat: 'attack/overflow',
  control: 'edge/hard-limits',
  severity: 'medium',
  gain: 'He reaches the code behind the dialogue (lists, databases, other servers) with names longer than it expects.',
  remedy: [
    { platform: '*', text: 'Refuse local parts, domains and paths that are longer than DNS and RFC 5321 allow.' },
  ],
  references: ['RFC 5321 §4.5.3.1.1', 'RFC 5321 §4.5.3.1.2', 'RFC 5321 §4.5.3.1.3'],
  cost: { connections: 4, messages: 0, bytes: 5_000, seconds: 2 },
  pairs: (facts) => {
    const sting = (address: string) => script(hello(facts), says(`MAIL FROM:<${address}>`), 'S: 250*');
    const label = 'd'.repeat(60);
    return [
      { form: 'local part of 1,000', control: mail(facts), sting: sting(`${'l'.repeat(1_000)}@${facts.hello}`) },
      { form: 'label of 70', control: mail(facts), sting: sting(`drill@${'d'.repeat(70)}.example`) },
      { form: 'domain of 1,200', control: mail(facts), sting: sting(`drill@${`${label}.`.repeat(20)}example`) },
    ];
  },
});
