import { type Attack, isFailure, type Verdict } from '../attack.ts';
import { notRun } from '../outcome.ts';
import { brokenWords, play } from '../play.ts';
import { hello, script } from '../script.ts';
import { playOn } from '../scripted.ts';

const CONNECTIONS = 100;
/** Milliseconds after which the flood ends, however far it came. */
const LONGEST_MS = 30_000;
/** How much slower than an honest visit a flood's must be, on average, to count as slowed down; and at least this many milliseconds. */
const SLOWER = 5;
const SLOW_LEAST_MS = 250;

/** Connects, greets and leaves, a hundred times on end from one address. */
export const floodConnections: Attack = {
  name: 'flood-connections',
  title: 'Connects a hundred times on end',
  threat: 'attack/engine',
  control: 'edge/rate',
  severity: 'medium',
  gain: 'Nothing bounds what one address may ask of the server: guesses, letters and probes come as fast as it can answer.',
  remedy: [
    { platform: '*', text: 'Limit the connections of one address per minute.' },
    { platform: 'Postfix', text: 'Set a rate.', config: 'smtpd_client_connection_rate_limit = 30' },
    { platform: 'Sendmail', text: 'Set a rate.', config: "FEATURE(`ratecontrol', `nodelay', `terminate')" },
  ],
  references: ['RFC 5321 §7.8'],
  cost: { connections: CONNECTIONS + 1, messages: 0, bytes: 5_000, seconds: 30 },
  async play(field): Promise<Verdict> {
    const { facts, clock } = field;
    const visit = script(hello(facts), 'C: QUIT', 'S: 2*');
    const control = await playOn(field, visit);
    if (typeof control === 'string') return notRun(control);
    if (!control.through) return notRun(`one visit does not pass either (${control.words})`, control.lines);
    const began = clock.monotonic();
    let visits = 0;
    const verdict = (outcome: Verdict['outcome'], because: string, lines = control.lines): Verdict => ({
      outcome,
      at: 'connect',
      because,
      dialogues: [lines],
    });
    while (visits < CONNECTIONS && clock.monotonic() - began < LONGEST_MS) {
      const opened = await field.open();
      visits += 1;
      if (isFailure(opened)) return verdict('stopped', `at connection ${visits}: ${brokenWords(opened)}`);
      const played = await play(opened, visit, facts);
      opened.close();
      if (!played.through) return verdict('stopped', `at connection ${visits}: ${played.words}`, played.lines);
    }
    const each = Math.round((clock.monotonic() - began) / visits);
    const slow = Math.max(SLOW_LEAST_MS, SLOWER * facts.baseline);
    if (each >= slow) return verdict('contained', `${visits} connections were served, but each took ${each} ms`);
    return verdict('passed', `${visits} connections on end were served in ${each} ms each`);
  },
};
