import type { Attack } from '../attack.ts';
import { greeted, holding } from '../holding.ts';

const CROWD = 160;

/** Connects, hears the greeting, and says nothing: a crowd that costs the attacker nothing. */
export const idleCrowd: Attack = holding({
  name: 'idle-crowd',
  title: 'Holds a crowd of silent connections',
  threat: 'attack/exhaustion',
  control: 'edge/caps',
  severity: 'high',
  gain: 'A server with a process for each visitor serves nobody from a hundred silent ones on.',
  remedy: [
    {
      platform: '*',
      text: 'Limit the connections of one address, and hang up on the oldest silent strangers when places become few.',
    },
    {
      platform: 'Postfix',
      text: 'Allow more processes, and put postscreen in front.',
      config: 'default_process_limit = 500\nsmtpd_client_connection_count_limit = 10',
    },
    {
      platform: 'Exim',
      text: 'Limit the connections of a host.',
      config: 'smtp_accept_max = 200\nsmtp_accept_max_per_host = 10',
    },
  ],
  references: ['RFC 5321 §4.5.3.2', 'RFC 5321 §7.8'],
  cost: { connections: CROWD + 8, messages: 0, bytes: 500, seconds: 25 },
  crowd: CROWD,
  addresses: 8,
  at: 'greeting',
  begin: (connection) => greeted(connection),
});
