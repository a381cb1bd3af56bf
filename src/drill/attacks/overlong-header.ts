import type { Attack } from '../attack.ts';
import { delivers } from '../script.ts';
import { byArrival, scripted, writing } from '../scripted.ts';

const LENGTH = 262_144;

/** Sends a letter with one header field of a quarter of a megabyte. */
export const overlongHeader: Attack = scripted({
  name: 'overlong-header',
  title: 'Sends a letter with one enormous header field',
  threat: 'attack/overflow',
  control: 'edge/hard-limits',
  severity: 'low',
  gain: 'He hides the fields behind it from filters that read no further, or overruns those that do.',
  remedy: [
    { platform: '*', text: 'Refuse header fields of more than 32 KiB; never cut them.' },
    {
      platform: 'Postfix',
      text: 'Refuse such lines in a header check, for example on length, and limit the size of a header.',
      config: 'header_size_limit = 32768',
    },
  ],
  references: ['RFC 5322 §2.1.1', 'RFC 5321 §4.5.3.1.6'],
  cost: { connections: 2, messages: 2, bytes: LENGTH + 2_000, seconds: 17 },
  pairs: writing((facts, token) => {
    const [plain, stung] = [token(), token()];
    const field = (length: number) => `X-Drill-Long: ${'h'.repeat(length)}\r\n`;
    return [
      {
        form: `a field of ${LENGTH} bytes`,
        control: delivers(facts, { attack: 'overlong-header', token: plain, fields: field(60) }),
        sting: delivers(facts, { attack: 'overlong-header', token: stung, fields: field(LENGTH) }),
        token: stung,
      },
    ];
  }),
  judge: byArrival((message) => {
    const longest = /^X-Drill-Long: (h+)/m.exec(message)?.[1]?.length ?? 0;
    return longest < LENGTH
      ? {
          outcome: 'contained',
          at: 'delivery',
          because: `taken, and ${longest} of its ${LENGTH} bytes arrived in one piece`,
        }
      : { outcome: 'passed', at: 'delivery', because: `all ${LENGTH} bytes arrived in one field` };
  }, 'passed'),
});
