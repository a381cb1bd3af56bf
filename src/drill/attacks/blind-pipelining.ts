import type { Attack } from '../attack.ts';
import { delivers, exactly, letter, script } from '../script.ts';
import { scripted, writing } from '../scripted.ts';

/** Sends a whole transaction at once, message included, without having heard a word (RFC 2920 §3.1 forbids it at EHLO and DATA). */
export const blindPipelining: Attack = scripted({
  name: 'blind-pipelining',
  title: 'Sends everything at once and never listens',
  threat: 'attack/engine',
  control: 'edge/strict-protocol',
  severity: 'low',
  gain: 'Engines that never listen are cheap to write and fast; and what smuggles a message needs this leave too.',
  remedy: [
    { platform: '*', text: 'End the session of a client that sends a message before 354.' },
    {
      platform: 'Postfix',
      text: 'Forbid it (3.9, 3.8.4, 3.7.9 and later).',
      config: 'smtpd_forbid_unauth_pipelining = yes',
    },
    { platform: 'Exim', text: 'Keep the synchronisation check on.', config: 'smtp_enforce_sync = true' },
  ],
  references: ['RFC 2920 §3.1', 'RFC 5321 §4.3.1'],
  cost: { connections: 2, messages: 2, bytes: 2_000, seconds: 1 },
  pairs: writing((facts, token) => [
    {
      form: 'one piece of bytes',
      control: delivers(facts, { attack: 'blind-pipelining', token: token() }),
      patience: 5_000,
      sting: script(
        'S: 220*',
        exactly(
          `EHLO ${facts.hello}\r\nMAIL FROM:<${facts.sender}>\r\nRCPT TO:<${facts.recipient}>\r\nDATA\r\n${letter(facts, { attack: 'blind-pipelining', token: token() })}.\r\nQUIT\r\n`,
        ),
        'S: 250*',
        'S: 250*',
        'S: 25*',
        'S: 354*',
        'S: 250*',
      ),
    },
  ]),
});
