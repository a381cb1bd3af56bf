import type { Attack } from '../attack.ts';
import { naming } from '../naming.ts';

/** Names the product from HELP and VRFY. */
export const nameByHelp: Attack = naming({
  name: 'name-by-help',
  title: 'Names the product by its help',
  threat: 'recon/greeting',
  control: 'edge/neutral-dialect',
  severity: 'low',
  gain: 'HELP alone tells most products apart, and some print their version.',
  remedy: [
    { platform: '*', text: 'Answer HELP with one line that says nothing.' },
    { platform: 'Sendmail', text: 'Empty the help file.', config: "define(`HELP_FILE', `')" },
  ],
  references: ['RFC 5321 §4.1.1.8', 'RFC 5321 §7.5'],
  cost: { connections: 1, messages: 0, bytes: 150, seconds: 1 },
  questions: ({ hello }, token) => [
    { say: `EHLO ${hello}`, kind: null },
    { say: 'HELP', kind: 'smtp.help' },
    { say: `VRFY ${token()}`, kind: 'smtp.vrfy' },
    { say: 'QUIT', kind: null },
  ],
});
