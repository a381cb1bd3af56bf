import { identify } from '../../platform/identify.ts';
import type { Attack, Field, Verdict } from '../attack.ts';
import { type FactsWithRecipient, hasRecipient, noRecipient } from '../facts.ts';
import { arrivals } from '../mailbox.ts';
import { namedWords } from '../naming.ts';
import { notRun } from '../outcome.ts';
import { delivers, exactly, hello, letter, says, script } from '../script.ts';
import { playOn } from '../scripted.ts';

/** Writes to an address that cannot exist, in the recipient's own name, and reads the bounce. */
export const bounceToNobody: Attack = {
  name: 'bounce-to-nobody',
  title: 'Writes to nobody and reads the bounce',
  threat: 'recon/bounce',
  control: 'edge/recipient-shield',
  severity: 'medium',
  gain: 'The bounce names inner hosts, addresses and versions; and the server writes to whomever he names as the sender.',
  remedy: [
    { platform: '*', text: 'Refuse unknown recipients at RCPT, so that no bounce is ever yours to write.' },
    {
      platform: 'Postfix',
      text: 'Keep the maps of recipients complete.',
      config: 'smtpd_reject_unlisted_recipient = yes',
    },
    {
      platform: 'Exchange',
      text: 'Let the recipient filter look recipients up.',
      config: 'Set-RecipientFilterConfig -RecipientValidationEnabled $true',
    },
  ],
  references: ['RFC 5321 §6.1', 'RFC 5321 §4.2.4'],
  cost: { connections: 2, messages: 2, bytes: 2_500, seconds: 18 },
  async play(field): Promise<Verdict> {
    const { facts } = field;
    if (!hasRecipient(facts) || facts.domain === '') return notRun(noRecipient(facts));
    const control = await playOn(field, delivers(facts, { attack: 'bounce-to-nobody', token: field.token() }));
    if (typeof control === 'string') return notRun(control);
    if (!control.through)
      return notRun(`a letter to the known recipient is not taken either (${control.words})`, control.lines);
    const token = field.token();
    const played = await playOn(field, sting(facts, token, field.token()));
    if (typeof played === 'string') return notRun(played, control.lines);
    const dialogues = [played.lines, control.lines];
    if (!played.through) return { outcome: 'stopped', at: played.stage, because: played.words, dialogues };
    return { ...(await readBounce(field, token, played.words)), dialogues };
  },
};

const sting = (facts: FactsWithRecipient, token: string, nobody: string): string =>
  script(
    hello(facts),
    says(`MAIL FROM:<${facts.recipient}>`),
    'S: 250*',
    says(`RCPT TO:<${nobody}@${facts.domain}>`),
    'S: 25*',
    'C: DATA',
    'S: 354*',
    exactly(`${letter(facts, { attack: 'bounce-to-nobody', token })}.\r\n`),
    'S: 250*',
  );

async function readBounce(
  { mailbox, clock }: Field,
  token: string,
  words: string,
): Promise<Omit<Verdict, 'dialogues'>> {
  const taken = `mail for nobody is taken (${words})`;
  if (mailbox === null)
    return { outcome: 'passed', at: 'message', because: `${taken}: whoever is named as its sender gets the bounce` };
  const [bounce] = await arrivals(mailbox, token, clock);
  if (bounce === undefined) return { outcome: 'contained', at: 'delivery', because: `${taken}, and no bounce came` };
  const text = bounce.toString('latin1');
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const named = identify([
    { kind: 'header', text: text.slice(0, end) },
    { kind: 'ndr', text },
  ]);
  const product = named.product === null ? 'it names no product' : namedWords(named);
  return { outcome: 'passed', at: 'delivery', because: `a bounce came to the sender that was named: ${product}` };
}
