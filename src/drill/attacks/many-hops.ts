import type { Attack } from '../attack.ts';
import { delivers } from '../script.ts';
import { byArrival, scripted, writing } from '../scripted.ts';

/** Servers that the letter claims to have passed; RFC 5321 §6.3 wants at least 100 to be allowed. */
const HOPS = 150;

/** Sends a letter that has been going in circles, as its trace fields say. */
export const manyHops: Attack = scripted({
  name: 'many-hops',
  title: 'Sends a letter that has been going in circles',
  threat: 'attack/overflow',
  control: 'edge/hard-limits',
  severity: 'low',
  gain: 'A loop between two servers carries one letter around until their queues and lines are full.',
  remedy: [
    { platform: '*', text: 'Count Received fields and refuse beyond a limit (554 5.4.6).' },
    { platform: 'Postfix', text: 'Keep the limit.', config: 'hopcount_limit = 50' },
  ],
  references: ['RFC 5321 §6.3', 'RFC 3463 §3.5'],
  cost: { connections: 2, messages: 2, bytes: 14_000, seconds: 17 },
  pairs: writing((facts, token) => {
    const [plain, stung] = [token(), token()];
    const trace = (count: number) =>
      Array.from(
        { length: count },
        (_, index) => `Received: from hop${index}.example by hop${index + 1}.example with SMTP; ${facts.date}\r\n`,
      ).join('');
    return [
      {
        form: `${HOPS} Received fields`,
        control: delivers(facts, { attack: 'many-hops', token: plain, fields: trace(2) }),
        sting: delivers(facts, { attack: 'many-hops', token: stung, fields: trace(HOPS) }),
        token: stung,
      },
    ];
  }),
  judge: byArrival(
    () => ({ outcome: 'passed', at: 'delivery', because: `the letter arrived in spite of ${HOPS} hops` }),
    'passed',
  ),
});
