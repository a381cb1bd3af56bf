import type { Attack } from '../attack.ts';
import { holding } from '../holding.ts';
import { play } from '../play.ts';
import { hello, script } from '../script.ts';

const CROWD = 20;
/** The head of a TLS handshake record that announces more than ever comes. */
const BEGUN = Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]);

/** Begins TLS and goes no further. */
export const halfOpenTls: Attack = holding({
  name: 'half-open-tls',
  title: 'Begins TLS and never ends the handshake',
  threat: 'attack/exhaustion',
  control: 'edge/caps',
  severity: 'medium',
  gain: 'Time limits of commands do not count during a handshake: half of one holds a place, and memory for keys.',
  remedy: [
    { platform: '*', text: 'Limit the time of a handshake to some seconds.' },
    { platform: 'Postfix', text: 'Shorten it.', config: 'smtpd_starttls_timeout = 30s' },
  ],
  references: ['RFC 3207 §4', 'RFC 5321 §4.5.3.2'],
  cost: { connections: CROWD + 8, messages: 0, bytes: 1_500, seconds: 25 },
  crowd: CROWD,
  addresses: 2,
  at: 'tls',
  async begin(connection, { facts }) {
    const begun = await play(connection, script(hello(facts), 'C: STARTTLS', 'S: 220*'), facts);
    if (!begun.through) return begun.words;
    connection.send(BEGUN);
    return null;
  },
});
