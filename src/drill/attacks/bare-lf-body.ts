import type { Attack } from '../attack.ts';
import { delivers } from '../script.ts';
import { scripted, writing } from '../scripted.ts';

/** Sends letters whose lines end in LF alone, or hold a CR or a NUL. */
export const bareLfBody: Attack = scripted({
  name: 'bare-lf-body',
  title: 'Sends letters with bare LF, bare CR or NUL',
  threat: 'attack/engine',
  control: 'edge/strict-protocol',
  severity: 'low',
  gain: 'Whoever reads the letter next sees other lines than whoever checked it.',
  remedy: [
    {
      platform: '*',
      text: 'Refuse such messages (550 5.5.2); do not repair them, for that makes lines that nobody sent.',
    },
    { platform: 'Postfix', text: 'Refuse bare newlines.', config: 'smtpd_forbid_bare_newline = reject' },
  ],
  references: ['RFC 5321 §2.3.8', 'RFC 5322 §2.3'],
  cost: { connections: 4, messages: 4, bytes: 3_000, seconds: 3 },
  pairs: writing((facts, token) =>
    (
      [
        ['LF', 'one\ntwo\r\n'],
        ['CR', 'one\rtwo\r\n'],
        ['NUL', 'one\0two\r\n'],
      ] as const
    ).map(([form, body]) => ({
      form,
      control: delivers(facts, { attack: 'bare-lf-body', token: CONTROL, body: 'one two\r\n' }),
      sting: delivers(facts, { attack: 'bare-lf-body', token: token(), body }),
    })),
  ),
});

/** All forms share one control, so its letter carries no token of its own. */
const CONTROL = 'control';
