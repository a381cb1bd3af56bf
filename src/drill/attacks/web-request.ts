import type { SmtpConnection } from '../../net/smtp-connection.ts';
import { type Attack, isFailure, type Verdict } from '../attack.ts';
import { type FormVerdict, notRun, verdictOfForms } from '../outcome.ts';
import { brokenWords } from '../play.ts';
import { quoteReply } from '../pulse.ts';
import { hello, script } from '../script.ts';
import { playOn } from '../scripted.ts';

/** After an answer, how long more is listened for. */
const MORE_MS = 1_000;

/** Lets SMTP commands travel inside what is no SMTP: what a browser can be made to send to port 25. */
export const webRequest: Attack = {
  name: 'web-request',
  title: 'Hides commands in a web request',
  threat: 'attack/engine',
  control: 'edge/strict-protocol',
  severity: 'medium',
  gain: 'A page makes its visitor’s browser send mail, from inside the network, past whoever guards its rim.',
  remedy: [
    { platform: '*', text: 'Hang up at the first line that is HTTP or TLS.' },
    {
      platform: 'Postfix',
      text: 'Keep the list of forbidden commands.',
      config: 'smtpd_forbidden_commands = CONNECT GET POST regexp:{{/^[^A-Z]/ Bogus}}',
    },
  ],
  references: ['RFC 5321 §4.5.1', 'RFC 9110 §9'],
  cost: { connections: 4, messages: 0, bytes: 1_500, seconds: 5 },
  async play(field): Promise<Verdict> {
    const { facts } = field;
    const control = await playOn(field, script(hello(facts), 'C: NOOP', 'S: 2*'));
    if (typeof control === 'string') return notRun(control);
    if (!control.through) return notRun(`the commands alone are not answered either (${control.words})`, control.lines);
    const commands = `EHLO ${facts.hello}\r\nNOOP\r\n`;
    const forms: readonly (readonly [form: string, bytes: string])[] = [
      ['POST', `POST / HTTP/1.1\r\nHost: ${facts.host}\r\nContent-Type: text/plain\r\n\r\n${commands}`],
      ['GET', `GET / HTTP/1.1\r\nHost: ${facts.host}\r\n\r\n${commands}`],
      ['TLS', `\x16\x03\x01\x00\x05hello\r\n${commands}`],
    ];
    const verdicts: FormVerdict[] = [];
    for (const [form, bytes] of forms) {
      const opened = await field.open();
      if (isFailure(opened)) {
        verdicts.push({ form, outcome: 'not-run', at: null, because: brokenWords(opened), lines: [] });
        continue;
      }
      try {
        await opened.greeting();
        opened.send(Buffer.from(bytes, 'latin1'));
        verdicts.push({ form, ...(await listen(opened, facts.patience)), lines: [...opened.lines] });
      } finally {
        opened.close();
      }
    }
    return verdictOfForms(verdicts, [control.lines]);
  },
};

async function listen(
  connection: SmtpConnection,
  patience: number,
): Promise<Pick<FormVerdict, 'outcome' | 'at' | 'because'>> {
  let words = 'no answer';
  for (let timeout = patience; ; timeout = MORE_MS) {
    const heard = await connection.hear(timeout);
    if (heard === null || !heard.ok) return { outcome: 'stopped', at: 'command', because: words };
    words = quoteReply(heard.reply);
    if (heard.reply.code === 250)
      return { outcome: 'passed', at: 'command', because: `a command behind the request was obeyed: ${words}` };
  }
}
