import type { Attack } from '../attack.ts';
import { exactly, hello, script } from '../script.ts';
import { scripted } from '../scripted.ts';

/** Ends commands with LF alone, or CR alone. */
export const bareLfCommands: Attack = scripted({
  name: 'bare-lf-commands',
  title: 'Ends commands with LF alone',
  threat: 'attack/engine',
  control: 'edge/strict-protocol',
  severity: 'low',
  gain: 'A proxy or filter in front that sees one line, and a server that sees two, can be played against each other.',
  remedy: [
    {
      platform: '*',
      text: 'End command lines at CRLF only (RFC 5321 §2.3.8), and end the session of who does otherwise.',
    },
    { platform: 'Postfix', text: 'Refuse bare newlines.', config: 'smtpd_forbid_bare_newline = reject' },
  ],
  references: ['RFC 5321 §2.3.8', 'RFC 5321 §4.1.1'],
  cost: { connections: 3, messages: 0, bytes: 300, seconds: 10 },
  pairs: (facts) => {
    const twice = (end: string) => script(hello(facts), exactly(`NOOP${end}NOOP${end}`), 'S: 2*', 'S: 2*');
    return [
      { form: 'LF', control: twice('\r\n'), sting: twice('\n'), patience: 3_000 },
      { form: 'CR', control: twice('\r\n'), sting: twice('\r'), patience: 3_000 },
    ];
  },
});
