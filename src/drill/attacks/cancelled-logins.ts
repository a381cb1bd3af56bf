import type { Attack } from '../attack.ts';
import { guess } from '../guessing.ts';
import { atLogin } from '../login.ts';

/** Lines sent: every second one cancels what the one before has begun. */
const LINES = 60;
const SLOW_MS = 500;

/** Begins logins and cancels them, one after the other. No name and no password is sent. */
export const cancelledLogins: Attack = {
  name: 'cancelled-logins',
  title: 'Begins thirty logins and cancels each',
  threat: 'attack/account',
  control: 'edge/hard-limits',
  severity: 'low',
  gain: 'No password is counted as wrong, so that nothing locks him out: he keeps a place, and what checks the passwords, as busy as he likes.',
  remedy: [
    { platform: '*', text: 'Count a login that is cancelled as one that failed, and hang up after some of them.' },
    {
      platform: 'Postfix',
      text: 'End such sessions earlier.',
      config: 'smtpd_soft_error_limit = 3\nsmtpd_hard_error_limit = 8',
    },
  ],
  references: ['RFC 4954 §4', 'RFC 5321 §7.8'],
  cost: { connections: 1, messages: 0, bytes: 3_000, seconds: 30 },
  play: (field) =>
    atLogin(field, (connection) =>
      guess(
        connection,
        {
          tries: LINES,
          slow: SLOW_MS,
          at: 'auth',
          what: 'lines of login',
          say: (number) => (number % 2 === 1 ? 'AUTH LOGIN' : '*'),
          // Behind a login that was not begun, `*` is an unknown command.
          tells: ({ code }) => code === 334 || code === 501,
        },
        field.clock,
      ),
    ),
};
