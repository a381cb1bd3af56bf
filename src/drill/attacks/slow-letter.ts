import type { Attack } from '../attack.ts';
import { hasRecipient, noRecipient } from '../facts.ts';
import { holding } from '../holding.ts';
import { play } from '../play.ts';
import { data } from '../script.ts';

const CROWD = 20;

/** Sends a letter at ten bytes a second. It never comes to its end. */
export const slowLetter: Attack = holding({
  name: 'slow-letter',
  title: 'Sends letters at ten bytes a second',
  threat: 'attack/exhaustion',
  control: 'edge/caps',
  severity: 'medium',
  gain: 'Each letter holds a place, and often a file and a connection behind the server, for as long as he likes.',
  remedy: [
    { platform: '*', text: 'Require a least rate of bytes for a message.' },
    {
      platform: 'Postfix',
      text: 'Set a least rate (3.7 and later).',
      config: 'smtpd_per_request_deadline = yes\nsmtpd_min_data_rate = 500',
    },
  ],
  references: ['RFC 5321 §4.5.3.2.5'],
  cost: { connections: CROWD + 8, messages: 0, bytes: 8_000, seconds: 30 },
  crowd: CROWD,
  addresses: 2,
  at: 'message',
  async begin(connection, { facts }) {
    if (!hasRecipient(facts)) return noRecipient(facts);
    const begun = await play(connection, data(facts), facts);
    return begun.through ? null : begun.words;
  },
  drip: (connection) => connection.send(Buffer.from('slowly..\r\n')),
});
