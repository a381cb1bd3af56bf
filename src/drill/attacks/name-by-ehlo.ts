import type { Attack } from '../attack.ts';
import { naming } from '../naming.ts';

/** Names the product from what it offers, and in which order. */
export const nameByEhlo: Attack = naming({
  name: 'name-by-ehlo',
  title: 'Names the product by what it offers',
  threat: 'recon/greeting',
  control: 'edge/neutral-dialect',
  severity: 'low',
  gain: 'A silent greeting does not help: the extensions and their order name the product, and bound its version.',
  remedy: [{ platform: '*', text: 'Put a gateway in front that offers the same few extensions in its own order.' }],
  references: ['RFC 5321 §4.1.1.1'],
  cost: { connections: 1, messages: 0, bytes: 100, seconds: 1 },
  questions: ({ hello }) => [
    { say: `EHLO ${hello}`, kind: 'smtp.ehlo' },
    { say: 'QUIT', kind: null },
  ],
});
