import type { Attack } from '../attack.ts';
import { guessOnce } from '../guessing.ts';

const COMMANDS = 60;
const SLOW_MS = 500;

/** Sends commands that nobody knows, one after the other. */
export const manyErrors: Attack = {
  name: 'many-errors',
  title: 'Sends sixty commands that nobody knows',
  threat: 'attack/overflow',
  control: 'edge/hard-limits',
  severity: 'low',
  gain: 'He tries commands until one does something, and keeps a place that honest senders need.',
  remedy: [
    { platform: '*', text: 'Hang up after ten errors or so, and answer slower before that.' },
    {
      platform: 'Postfix',
      text: 'End such sessions earlier.',
      config: 'smtpd_soft_error_limit = 3\nsmtpd_hard_error_limit = 8',
    },
  ],
  references: ['RFC 5321 §4.3.2', 'RFC 5321 §7.8'],
  cost: { connections: 1, messages: 0, bytes: 1_000, seconds: 30 },
  play: (field) =>
    guessOnce(field, {
      tries: COMMANDS,
      slow: SLOW_MS,
      at: 'command',
      what: 'unknown commands',
      say: (number) => `XDRILL${letterOf(number / 26)}${letterOf(number)}`,
      tells: () => true,
    }),
};

/** A letter for a number: a digit would make the word no command at all on some servers. */
function letterOf(number: number): string {
  return String.fromCharCode(0x41 + (Math.floor(number) % 26));
}
