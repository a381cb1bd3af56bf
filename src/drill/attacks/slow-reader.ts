import type { Attack } from '../attack.ts';
import { greeted, holding } from '../holding.ts';

const CROWD = 4;
/** Commands sent at once, each of which has a long answer. */
const COMMANDS = 8_000;

/** Asks for a lot and reads nothing: the answers stay in the server's memory. */
export const slowReader: Attack = holding({
  name: 'slow-reader',
  title: 'Asks for megabytes of answers and reads none',
  threat: 'attack/exhaustion',
  control: 'edge/caps',
  severity: 'medium',
  gain: 'A server that keeps answering fills its memory with words that nobody takes; one that waits is held for as long as he likes.',
  remedy: [
    {
      platform: '*',
      text: 'Stop reading from a client that does not read, and hang up on it after a while; count commands that lead nowhere.',
    },
  ],
  references: ['RFC 5321 §4.5.3.2', 'RFC 5321 §7.8'],
  cost: { connections: CROWD + 8, messages: 0, bytes: CROWD * COMMANDS * 12, seconds: 25 },
  crowd: CROWD,
  addresses: 1,
  at: 'command',
  async begin(connection, { facts }) {
    const refused = await greeted(connection);
    if (refused !== null) return refused;
    connection.deafen();
    connection.send(Buffer.from(`EHLO ${facts.hello}\r\n${'EHLO drill\r\n'.repeat(COMMANDS)}`));
    return null;
  },
});
