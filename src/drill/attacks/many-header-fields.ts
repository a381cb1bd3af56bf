import type { Attack } from '../attack.ts';
import { delivers } from '../script.ts';
import { byArrival, scripted, writing } from '../scripted.ts';

const FIELDS = 5_000;

/** Sends a letter with thousands of header fields. */
export const manyHeaderFields: Attack = scripted({
  name: 'many-header-fields',
  title: 'Sends a letter with thousands of header fields',
  threat: 'attack/overflow',
  control: 'edge/hard-limits',
  severity: 'low',
  gain: 'Every filter and mail program behind the server walks through them, and some give up before the one that matters.',
  remedy: [
    { platform: '*', text: 'Limit the fields of a header to some hundreds and its size to 128 KiB.' },
    { platform: 'Postfix', text: 'Limit the size of a header.', config: 'header_size_limit = 32768' },
  ],
  references: ['RFC 5321 §4.5.3.1.7', 'RFC 5322 §2.2'],
  cost: { connections: 2, messages: 2, bytes: 80_000, seconds: 17 },
  pairs: writing((facts, token) => {
    const [plain, stung] = [token(), token()];
    const fields = Array.from({ length: FIELDS }, (_, index) => `X-D-${index}: x\r\n`).join('');
    return [
      {
        form: `${FIELDS} fields`,
        control: delivers(facts, { attack: 'many-header-fields', token: plain, fields: 'X-D-0: x\r\n' }),
        sting: delivers(facts, { attack: 'many-header-fields', token: stung, fields }),
        token: stung,
      },
    ];
  }),
  judge: byArrival((message) => {
    const kept = message.match(/^X-D-\d+: x\r?$/gm)?.length ?? 0;
    return kept < FIELDS
      ? { outcome: 'contained', at: 'delivery', because: `taken, and ${kept} of the ${FIELDS} fields arrived` }
      : { outcome: 'passed', at: 'delivery', because: `all ${FIELDS} fields arrived` };
  }, 'passed'),
});
