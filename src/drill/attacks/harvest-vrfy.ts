import type { Attack, Field, Verdict } from '../attack.ts';
import { hasRecipient, noRecipient } from '../facts.ts';
import { notRun } from '../outcome.ts';
import type { Played } from '../play.ts';
import { hello, says, script } from '../script.ts';
import { playOn } from '../scripted.ts';

/** Asks by VRFY for a name that exists, and for one that cannot: do the answers differ? */
export const harvestVrfy: Attack = {
  name: 'harvest-vrfy',
  title: 'Asks for names by VRFY',
  threat: 'recon/directory',
  control: 'edge/recipient-shield',
  severity: 'low',
  gain: 'A dictionary tells him who works here, without a letter being sent.',
  remedy: [
    { platform: '*', text: 'Answer VRFY with 252, whoever is asked for.' },
    { platform: 'Postfix', text: 'Switch it off.', config: 'disable_vrfy_command = yes' },
    { platform: 'Sendmail', text: 'Switch it off.', config: "define(`confPRIVACY_FLAGS', `goaway')" },
  ],
  references: ['RFC 5321 §3.5', 'RFC 5321 §7.3'],
  cost: { connections: 2, messages: 0, bytes: 200, seconds: 2 },
  async play(field): Promise<Verdict> {
    const { facts } = field;
    if (!hasRecipient(facts)) return notRun(noRecipient(facts));
    const local = facts.recipient.split('@')[0] ?? '';
    const at = facts.domain === '' ? '' : `@${facts.domain}`;
    const words: string[] = [];
    for (const [name, other] of [
      [local, field.token()],
      [facts.recipient, `${field.token()}${at}`],
    ] as const) {
      const [known, nobody] = [await ask(field, name), await ask(field, other)];
      if (typeof known === 'string') return notRun(known);
      if (typeof nobody === 'string') return notRun(nobody);
      const lines = [known.lines, nobody.lines];
      // Digits, names and ids aside, the same answer tells nothing.
      if (neutral(known.words, name) !== neutral(nobody.words, other))
        return {
          outcome: 'passed',
          at: 'command',
          because: `a name that exists: ${known.words}; one that cannot: ${nobody.words}`,
          dialogues: lines,
        };
      words.push(known.words);
    }
    return {
      outcome: 'stopped',
      at: 'command',
      because: `every name gets the same answer: ${words[0]}`,
      dialogues: [],
    };
  },
};

/** What VRFY is answered, whatever it is; a sentence if it is not asked or not answered. */
async function ask(field: Field, name: string): Promise<Played | string> {
  const played = await playOn(field, script(hello(field.facts), says(`VRFY ${name}`), 'S: *'));
  return typeof played === 'string' || played.through ? played : `VRFY is not answered: ${played.words}`;
}

function neutral(words: string, name: string): string {
  return words
    .toLowerCase()
    .replaceAll(name.toLowerCase(), 'name')
    .replaceAll((name.split('@')[0] ?? name).toLowerCase(), 'name');
}
