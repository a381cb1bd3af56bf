import { type Attack, isFailure, type Verdict } from '../attack.ts';
import { notRun } from '../outcome.ts';
import { brokenWords, play } from '../play.ts';
import { hello } from '../script.ts';

/** Goes to the server behind the gateway directly, as the public records of old, or a bounce, tell where it is. */
export const originReach: Attack = {
  name: 'origin-reach',
  title: 'Goes past the gateway to the server behind it',
  threat: 'recon/dns',
  control: 'host/firewall',
  severity: 'high',
  gain: 'All that the gateway stops is stopped for others only.',
  remedy: [
    {
      platform: '*',
      text: 'Let the server behind the gateway take connections of the gateway only: by firewall, and by its own list.',
    },
  ],
  references: ['RFC 5321 §7.7'],
  cost: { connections: 2, messages: 0, bytes: 100, seconds: 10 },
  async play(field): Promise<Verdict> {
    const { facts } = field;
    if (facts.origin === null) return notRun('there is no server behind this one that we know of: --origin names it');
    const gateway = await field.pulse();
    if (gateway.state !== 'served') return notRun(`the gateway itself does not serve us: ${gateway.words}`);
    const opened = await field.openOrigin();
    if (isFailure(opened)) return { outcome: 'stopped', at: 'connect', because: brokenWords(opened), dialogues: [] };
    try {
      const played = await play(opened, hello(facts), facts);
      return {
        outcome: played.through ? 'passed' : 'stopped',
        at: played.stage,
        because: played.words,
        dialogues: [played.lines],
      };
    } finally {
      opened.close();
    }
  },
};
