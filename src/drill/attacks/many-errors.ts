import { type Attack, isFailure, type Verdict } from '../attack.ts';
import { guess } from '../guessing.ts';
import { notRun } from '../outcome.ts';
import { brokenWords, play } from '../play.ts';
import { hello, script } from '../script.ts';

const COMMANDS = 60;
const SLOW_MS = 500;

/** Sends commands that nobody knows, one after the other. */
export const manyErrors: Attack = {
  name: 'many-errors',
  title: 'Sends sixty commands that nobody knows',
  threat: 'attack/overflow',
  control: 'edge/hard-limits',
  severity: 'low',
  gain: 'He tries commands until one does something, and keeps a place that honest senders need.',
  remedy: [
    { platform: '*', text: 'Hang up after ten errors or so, and answer slower before that.' },
    {
      platform: 'Postfix',
      text: 'End such sessions earlier.',
      config: 'smtpd_soft_error_limit = 3\nsmtpd_hard_error_limit = 8',
    },
  ],
  references: ['RFC 5321 §4.3.2', 'RFC 5321 §7.8'],
  cost: { connections: 1, messages: 0, bytes: 1_000, seconds: 30 },
  async play(field): Promise<Verdict> {
    const opened = await field.open();
    if (isFailure(opened)) return notRun(`no connection could be had: ${brokenWords(opened)}`);
    try {
      // The control: a command that everybody knows is answered.
      const begun = await play(opened, script(hello(field.facts), 'C: NOOP', 'S: 2*'), field.facts);
      if (!begun.through) return notRun(`NOOP is not answered either (${begun.words})`, begun.lines);
      return await guess(
        opened,
        {
          tries: COMMANDS,
          slow: SLOW_MS,
          at: 'command',
          what: 'unknown commands',
          say: (number) => `XDRILL${letterOf(number / 26)}${letterOf(number)}`,
          tells: () => true,
        },
        field.clock,
      );
    } finally {
      opened.close();
    }
  },
};

/** A letter for a number: a digit would make the word no command at all on some servers. */
function letterOf(number: number): string {
  return String.fromCharCode(0x41 + (Math.floor(number) % 26));
}
