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
    const ended = (end: string) => script(hello(facts), exactly(`NOOP${end}`), 'S: 2*');
    return [
      { form: 'LF', control: ended('\r\n'), sting: ended('\n'), patience: PATIENCE_MS },
      { form: 'CR', control: ended('\r\n'), sting: ended('\r'), patience: PATIENCE_MS },
    ];
  },
});

/** How long a command that may never have ended is given to be answered. */
const PATIENCE_MS = 3_000;
