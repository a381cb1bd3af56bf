import type { Attack } from '../attack.ts';
import { envelope, says, script } from '../script.ts';
import { scripted, writing } from '../scripted.ts';

/** Greets with the server's own name, which nobody else can honestly have. */
export const ownNameHello: Attack = scripted({
  name: 'own-name-hello',
  title: 'Greets with the server’s own name',
  threat: 'attack/engine',
  control: 'edge/hello-name',
  severity: 'low',
  gain: 'His mail carries the server’s own name in its trace: filters and people take it for mail from inside.',
  remedy: [
    { platform: '*', text: 'Refuse EHLO with your own names and addresses from anyone but your own machines.' },
    {
      platform: 'Postfix',
      text: 'Refuse them by a table.',
      config: 'smtpd_helo_restrictions = permit_mynetworks, check_helo_access inline:{{$myhostname = REJECT}}',
    },
  ],
  references: ['RFC 5321 §4.1.1.1', 'RFC 5321 §4.1.4'],
  cost: { connections: 3, messages: 0, bytes: 500, seconds: 2 },
  pairs: writing((facts) => {
    const as = (name: string) =>
      script(
        'S: 220*',
        says(`EHLO ${name}`),
        'S: 250*',
        says(`MAIL FROM:<${facts.sender}>`),
        'S: 250*',
        says(`RCPT TO:<${facts.recipient}>`),
        'S: 25*',
      );
    const literal = facts.address.includes(':') ? `[IPv6:${facts.address}]` : `[${facts.address}]`;
    return [
      { form: 'its name', control: envelope(facts), sting: as(facts.serverName) },
      { form: 'its address', control: envelope(facts), sting: as(literal) },
    ];
  }),
});
