import type { Attack } from '../attack.ts';
import { greeted, holding } from '../holding.ts';

const CROWD = 20;

/** Sends a command at one byte a second. */
export const slowWriter: Attack = holding({
  name: 'slow-writer',
  title: 'Sends commands at one byte a second',
  threat: 'attack/exhaustion',
  control: 'edge/caps',
  severity: 'medium',
  gain: 'A limit on silence never ends a connection that says a byte now and then: a few hundred fill the server for hours.',
  remedy: [
    { platform: '*', text: 'Limit the time of a whole command, not only the silence within.' },
    {
      platform: 'Postfix',
      text: 'Limit the time of a request, and set a least rate (3.7 and later).',
      config: 'smtpd_per_request_deadline = yes\nsmtpd_min_data_rate = 500',
    },
  ],
  references: ['RFC 5321 §4.5.3.2.7'],
  cost: { connections: CROWD + 8, messages: 0, bytes: 1_000, seconds: 25 },
  crowd: CROWD,
  addresses: 2,
  at: 'command',
  begin: (connection) => greeted(connection),
  drip: (connection, second) => connection.send(Buffer.from(second === 1 ? 'E' : 'H')),
});
