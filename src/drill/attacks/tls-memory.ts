import { TLS_NOTE } from '../../wire/smtp/transcript.ts';
import type { Attack } from '../attack.ts';
import { mail, says, script, secured } from '../script.ts';
import { scripted, writing } from '../scripted.ts';

/** Begins a message in clear and goes on with it inside TLS: what was said before must be forgotten (RFC 3207 §4.2). */
export const tlsMemory: Attack = scripted({
  name: 'tls-memory',
  title: 'Begins a message in clear and ends it inside TLS',
  threat: 'attack/engine',
  control: 'edge/strict-protocol',
  severity: 'medium',
  gain: 'Whoever sits on the line chooses the sender of a message that then counts as sent under encryption.',
  remedy: [{ platform: '*', text: 'Forget EHLO, MAIL and RCPT when TLS begins. Update the server.' }],
  references: ['RFC 3207 §4.2'],
  cost: { connections: 2, messages: 0, bytes: 5_000, seconds: 3 },
  pairs: writing((facts) => {
    const recipient = says(`RCPT TO:<${facts.recipient}>`);
    return [
      {
        form: 'MAIL before, RCPT behind',
        control: script(secured(facts), says(`MAIL FROM:<${facts.sender}>`), 'S: 250*', recipient, 'S: 25*'),
        sting: script(mail(facts), 'C: STARTTLS', 'S: 220*', `# ${TLS_NOTE}`, recipient, 'S: 25*'),
      },
    ];
  }),
});
