import type { Attack } from '../attack.ts';
import { hello, says, script } from '../script.ts';
import { scripted } from '../scripted.ts';

/** Asks for the members of lists by EXPN. */
export const harvestExpn: Attack = scripted({
  name: 'harvest-expn',
  title: 'Asks for the members of lists by EXPN',
  threat: 'recon/directory',
  control: 'edge/recipient-shield',
  severity: 'medium',
  gain: 'One question tells him the members of a list, or where a person’s mail really goes.',
  remedy: [
    { platform: '*', text: 'Answer EXPN with 502.' },
    { platform: 'Sendmail', text: 'Switch it off.', config: "define(`confPRIVACY_FLAGS', `goaway')" },
    { platform: 'Exim', text: 'Leave the ACL for EXPN unset.' },
  ],
  references: ['RFC 5321 §3.5', 'RFC 5321 §7.3'],
  cost: { connections: 3, messages: 0, bytes: 300, seconds: 2 },
  pairs: (facts) =>
    ['postmaster', ...(facts.recipient === null ? [] : [facts.recipient])].map((name) => ({
      form: name,
      control: script(hello(facts), 'C: NOOP', 'S: 2*'),
      sting: script(hello(facts), says(`EXPN ${name}`), 'S: 250*'),
    })),
});
