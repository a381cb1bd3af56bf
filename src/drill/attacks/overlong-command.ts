import type { Attack } from '../attack.ts';
import { hello, script } from '../script.ts';
import { scripted } from '../scripted.ts';

/** Beyond every limit that RFC 5321 §4.5.3.1.4 or an extension knows. */
const LENGTHS = [4_096, 65_536] as const;

/** Sends command lines that are far too long (Exim CVE-2019-16928 was a long EHLO). */
export const overlongCommand: Attack = scripted({
  name: 'overlong-command',
  title: 'Sends commands that are far too long',
  threat: 'attack/overflow',
  control: 'edge/hard-limits',
  severity: 'medium',
  gain: 'He reaches code that was never meant to see so much: overlong commands have overrun buffers.',
  remedy: [
    { platform: '*', text: 'Refuse command lines of more than 2,048 bytes while they are read, not afterwards.' },
    { platform: 'Postfix', text: 'Keep the limit on lines low.', config: 'line_length_limit = 2048' },
  ],
  references: ['RFC 5321 §4.5.3.1.4', 'CVE-2019-16928'],
  cost: { connections: 5, messages: 0, bytes: 150_000, seconds: 2 },
  pairs: ({ hello: name }) =>
    LENGTHS.flatMap((length) => [
      {
        form: `NOOP of ${length} bytes`,
        control: script(hello({ hello: name }), 'C: NOOP', 'S: 2*'),
        sting: script(hello({ hello: name }), 'C> "NOOP "', `C> "a" x ${length}`, 'C> "\\r\\n"', 'S: 2*'),
      },
      {
        form: `EHLO of ${length} bytes`,
        control: script(hello({ hello: name }), 'C: NOOP', 'S: 2*'),
        sting: script('S: 220*', 'C> "EHLO "', `C> "a" x ${length}`, 'C> ".example\\r\\n"', 'S: 2*'),
      },
    ]),
});
