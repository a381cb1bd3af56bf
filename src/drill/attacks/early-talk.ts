import type { Attack } from '../attack.ts';
import { says, script } from '../script.ts';
import { scripted } from '../scripted.ts';

/** Talks before the greeting, as engines do that never listen (RFC 5321 §3.1 wants the client to wait). */
export const earlyTalk: Attack = scripted({
  name: 'early-talk',
  title: 'Talks before the server has greeted',
  threat: 'attack/engine',
  control: 'edge/early-talker',
  severity: 'low',
  gain: 'His engine need not speak SMTP to be served: most spam engines never wait for an answer.',
  remedy: [
    {
      platform: '*',
      text: 'Wait a moment before the greeting, and refuse whoever talks meanwhile.',
    },
    {
      platform: 'Postfix',
      text: 'Put postscreen in front and let it act on early talkers.',
      config: 'postscreen_greet_action = enforce',
    },
    {
      platform: 'Exim',
      text: 'Keep the synchronisation check on and delay the greeting.',
      config: 'smtp_enforce_sync = true',
    },
    { platform: 'Sendmail', text: 'Let strangers wait for the greeting.', config: "FEATURE(`greet_pause', `2000')" },
  ],
  references: ['RFC 5321 §3.1', 'RFC 5321 §4.3.1'],
  cost: { connections: 2, messages: 0, bytes: 200, seconds: 1 },
  strangers: true,
  pairs: ({ hello }) => [
    {
      form: 'EHLO before the greeting',
      control: script('S: 220*', says(`EHLO ${hello}`), 'S: 250*', 'C: QUIT', 'S: 2*'),
      sting: script(says(`EHLO ${hello}`), 'S: 220*', 'S: 250*', 'C: QUIT', 'S: 2*'),
    },
  ],
});
