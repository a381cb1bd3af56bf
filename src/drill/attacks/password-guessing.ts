import type { Attack } from '../attack.ts';
import type { Facts } from '../facts.ts';
import { guess } from '../guessing.ts';
import { atLogin } from '../login.ts';

/** Passwords tried, for an account that cannot exist: so no account of anybody's is locked. */
const TRIES = 12;
/** A guess that costs this much makes a list of passwords too slow to try. */
const SLOW_MS = 1_000;

/** Guesses passwords, inside TLS where it is offered. */
export const passwordGuessing: Attack = {
  name: 'password-guessing',
  title: 'Guesses a dozen passwords',
  threat: 'attack/account',
  control: 'edge/auth-guard',
  severity: 'high',
  gain: 'With time he finds a weak password, and with it a mailbox and a server that sends for him.',
  remedy: [
    {
      platform: '*',
      text: 'Do not offer AUTH on port 25; elsewhere hang up after three failures, and count them by address and account.',
    },
    { platform: 'Postfix', text: 'Bound the tries of an address.', config: 'smtpd_client_auth_rate_limit = 10' },
    {
      platform: 'Exchange',
      text: 'Set a tarpit, and lock accounts by policy.',
      config: 'Set-ReceiveConnector NAME -TarpitInterval 00:00:05',
    },
  ],
  references: ['RFC 4954 §4', 'RFC 4954 §9'],
  cost: { connections: 1, messages: 0, bytes: 2_500, seconds: 20 },
  play: (field) =>
    atLogin(field, (connection, auth) =>
      guess(
        connection,
        {
          tries: TRIES,
          slow: SLOW_MS,
          at: 'auth',
          what: 'passwords',
          say: (number) => `AUTH PLAIN ${credentials(field.facts, field.token(), number)}`,
          // 535 says that the password was looked at, where AUTH is offered; 502 and its kind that none can be tried.
          tells: ({ code }) => auth !== undefined && (code === 535 || code === 454),
          wins: ({ code }) => code === 235,
        },
        field.clock,
      ),
    ),
};

/** RFC 4616: identity, name and password behind NULs. */
function credentials({ domain }: Facts, user: string, number: number): string {
  const name = domain === '' ? user : `${user}@${domain}`;
  return Buffer.from(`\0${name}\0drill-${number}`, 'latin1').toString('base64');
}
