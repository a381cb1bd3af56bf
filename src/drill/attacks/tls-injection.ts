import { TLS_NOTE } from '../../wire/smtp/transcript.ts';
import type { Attack } from '../attack.ts';
import { exactly, hello, script, secured } from '../script.ts';
import { scripted } from '../scripted.ts';

/** How long the answer to a smuggled command is waited for inside TLS. */
const PATIENCE_MS = 3_000;

/** Sends commands right behind STARTTLS, in clear, to have them obeyed inside TLS (CVE-2011-0411 and its kind). */
export const tlsInjection: Attack = scripted({
  name: 'tls-injection',
  title: 'Sends commands behind STARTTLS, to be obeyed inside TLS',
  threat: 'attack/engine',
  control: 'edge/strict-protocol',
  severity: 'high',
  gain: 'Whoever sits on the line puts his own commands in front of the victim’s: mail and passwords end up in his hands.',
  remedy: [
    {
      platform: '*',
      text: 'Forget what was received before the handshake, or better refuse whoever sends anything there. Update the server.',
    },
  ],
  references: ['RFC 3207 §4.2', 'CVE-2011-0411', 'CVE-2021-33515'],
  cost: { connections: 4, messages: 0, bytes: 6_000, seconds: 10 },
  pairs: (facts) => {
    const control = script(secured(facts), 'C: NOOP', 'S: 2*');
    const sting = (behind: string) =>
      script(hello(facts), exactly(`STARTTLS\r\n${behind}`), 'S: 220*', `# ${TLS_NOTE}`, 'S: 250*');
    return [
      { form: 'NOOP', control, sting: sting('NOOP\r\n'), patience: PATIENCE_MS },
      { form: 'EHLO', control, sting: sting(`EHLO ${facts.hello}\r\n`), patience: PATIENCE_MS },
    ];
  },
});
