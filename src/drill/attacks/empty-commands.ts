import type { Attack } from '../attack.ts';
import { guessOnce } from '../guessing.ts';

const COMMANDS = 120;
const SLOW_MS = 200;

/** Keeps a session busy with commands that lead nowhere, so that its silence is never long. */
export const emptyCommands: Attack = {
  name: 'empty-commands',
  title: 'Sends a hundred and twenty commands that lead nowhere',
  threat: 'attack/exhaustion',
  control: 'edge/hard-limits',
  severity: 'low',
  gain: 'A limit on silence never ends such a session: he keeps its place, and the server its process, for as long as he likes.',
  remedy: [
    { platform: '*', text: 'Count NOOP, RSET and VRFY, and hang up after some dozens without a letter.' },
    {
      platform: 'Postfix',
      text: 'Count them as errors earlier.',
      config: 'smtpd_junk_command_limit = 50\nsmtpd_hard_error_limit = 20',
    },
    { platform: 'Exim', text: 'Lower the limit.', config: 'smtp_accept_max_nonmail = 10' },
  ],
  references: ['RFC 5321 §4.3.2', 'RFC 5321 §7.8'],
  cost: { connections: 1, messages: 0, bytes: 1_000, seconds: 25 },
  play: (field) =>
    guessOnce(field, {
      tries: COMMANDS,
      slow: SLOW_MS,
      at: 'command',
      what: 'empty commands',
      say: (number) => (number % 2 === 0 ? 'NOOP' : 'RSET'),
      tells: ({ code }) => code < 400,
    }),
};
