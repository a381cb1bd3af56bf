import type { Attack } from '../attack.ts';
import { delivers } from '../script.ts';
import { byArrival, scripted, writing } from '../scripted.ts';

const LENGTH = 100_000;

/** Sends a letter whose body is one line of a hundred thousand bytes. */
export const overlongLine: Attack = scripted({
  name: 'overlong-line',
  title: 'Sends a letter with one enormous line',
  threat: 'attack/overflow',
  control: 'edge/hard-limits',
  severity: 'low',
  gain: 'Where servers cut or fold such lines they break signatures, and make new lines that nobody checked.',
  remedy: [
    {
      platform: '*',
      text: 'Refuse messages with lines of more than some thousand bytes (RFC 5322 allows 998); never fold them.',
    },
  ],
  references: ['RFC 5321 §4.5.3.1.6', 'RFC 5322 §2.1.1'],
  cost: { connections: 2, messages: 2, bytes: LENGTH + 2_000, seconds: 17 },
  pairs: writing((facts, token) => {
    const [plain, stung] = [token(), token()];
    return [
      {
        form: `a line of ${LENGTH} bytes`,
        control: delivers(facts, { attack: 'overlong-line', token: plain, body: `${'l'.repeat(900)}\r\n` }),
        sting: delivers(facts, { attack: 'overlong-line', token: stung, body: `${'l'.repeat(LENGTH)}\r\n` }),
        token: stung,
      },
    ];
  }),
  judge: byArrival((message) => {
    const longest = Math.max(0, ...[...message.matchAll(/l{900,}/g)].map(([run]) => run.length));
    return longest < LENGTH
      ? { outcome: 'contained', at: 'delivery', because: `taken, and cut into lines of at most ${longest} bytes` }
      : { outcome: 'passed', at: 'delivery', because: `the line of ${LENGTH} bytes arrived in one piece` };
  }, 'passed'),
});
