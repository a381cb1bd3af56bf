import { type Attack, isFailure, type Verdict } from '../attack.ts';
import { hasRecipient, noRecipient } from '../facts.ts';
import { guess } from '../guessing.ts';
import { notRun } from '../outcome.ts';
import { brokenWords, play } from '../play.ts';
import { envelope, mail, script } from '../script.ts';
import { playOn } from '../scripted.ts';

/** Names tried: more than a person mistypes in a day, fewer than a dictionary by far. */
const NAMES = 40;
/** A guess that costs this much, on average, makes a dictionary too slow to read. */
const SLOW_MS = 500;

/** Guesses addresses by RCPT, as fast as the server answers. */
export const harvestRcpt: Attack = {
  name: 'harvest-rcpt',
  title: 'Guesses addresses by RCPT, one after the other',
  threat: 'recon/directory',
  control: 'edge/recipient-shield',
  severity: 'medium',
  gain: 'He has a list of who works here: whom to write to, and which accounts to guess passwords for.',
  remedy: [
    { platform: '*', text: 'Slow down and then hang up on whoever asks for several unknown recipients.' },
    {
      platform: 'Postfix',
      text: 'Count errors against the client, and end the session early.',
      config: 'smtpd_soft_error_limit = 3\nsmtpd_hard_error_limit = 8\nsmtpd_error_sleep_time = 2s',
    },
    {
      platform: 'Exchange',
      text: 'Set a tarpit on the Receive connector.',
      config: 'Set-ReceiveConnector NAME -TarpitInterval 00:00:05',
    },
  ],
  references: ['RFC 5321 §7.3', 'RFC 5321 §3.5'],
  cost: { connections: 2, messages: 0, bytes: 4_000, seconds: 60 },
  async play(field): Promise<Verdict> {
    const { facts } = field;
    if (!hasRecipient(facts) || facts.domain === '') return notRun(noRecipient(facts));
    const control = await playOn(field, script(envelope(facts), 'C: RSET', 'S: 2*'));
    if (typeof control === 'string') return notRun(control);
    if (!control.through) return notRun(`the known recipient is not taken either (${control.words})`, control.lines);
    const opened = await field.open();
    if (isFailure(opened)) return notRun(`no connection could be had: ${brokenWords(opened)}`);
    try {
      const begun = await play(opened, mail(facts), facts);
      if (!begun.through) return notRun(`MAIL was refused: ${begun.words}`, begun.lines);
      const guessing = {
        tries: NAMES,
        slow: SLOW_MS,
        at: 'rcpt' as const,
        what: 'names',
        say: () => `RCPT TO:<${field.token()}@${facts.domain}>`,
        // 550 tells that nobody is there; 450 and 451 leave it open, and 250 says it of everybody.
        tells: ({ code }: { readonly code: number }) => code >= 500,
      };
      return await guess(opened, guessing, field.clock);
    } finally {
      opened.close();
    }
  },
};
