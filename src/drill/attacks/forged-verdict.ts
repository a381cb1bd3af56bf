import type { Attack } from '../attack.ts';
import type { Facts } from '../facts.ts';
import { delivers } from '../script.ts';
import { byArrival, scripted, writing } from '../scripted.ts';

/** Fields by which servers tell each other what they think of a letter. From outside they are lies. */
const FIELDS = ({ serverName }: Facts): readonly string[] => [
  `Authentication-Results: ${serverName}; spf=pass smtp.mailfrom=drill.example; dmarc=pass header.from=drill.example`,
  'X-MS-Exchange-Organization-SCL: -1',
  'X-MS-Exchange-Organization-AuthAs: Internal',
  'X-Spam-Status: No, score=-99.0',
];

/** Brings its own verdict along: fields that claim the letter has been checked. */
export const forgedVerdict: Attack = scripted({
  name: 'forged-verdict',
  title: 'Brings a forged verdict along in the header',
  threat: 'attack/phishing',
  control: 'edge/header-firewall',
  severity: 'medium',
  gain: 'Filters and mail programs behind the server believe that his letter was checked, and show it so.',
  remedy: [
    {
      platform: '*',
      text: 'Take out, from whatever comes from outside, all verdicts that only your own servers may give.',
    },
    {
      platform: 'Postfix',
      text: 'Take them out at the rim.',
      config:
        'header_checks = regexp:{{/^(Authentication-Results: mx\\.example\\.com|X-MS-Exchange-Organization-|X-Spam-)/ IGNORE}}',
    },
    {
      platform: 'Exchange',
      text: 'Keep the header firewall: anonymous senders must not have Accept-Headers-Organization.',
    },
  ],
  references: ['RFC 8601 §5', 'RFC 5321 §4.4'],
  cost: { connections: 2, messages: 2, bytes: 2_500, seconds: 17 },
  pairs: writing((facts, token) => {
    const [plain, stung] = [token(), token()];
    const fields = FIELDS(facts)
      .map((field) => `${field}\r\n`)
      .join('');
    return [
      {
        form: 'four fields',
        control: delivers(facts, { attack: 'forged-verdict', token: plain }),
        sting: delivers(facts, { attack: 'forged-verdict', token: stung, fields }),
        token: stung,
      },
    ];
  }),
  judge: byArrival((message) => {
    const kept = ['spf=pass smtp.mailfrom=drill.example', 'SCL: -1', 'AuthAs: Internal', 'score=-99.0'].filter((sign) =>
      message.includes(sign),
    );
    return kept.length === 0
      ? { outcome: 'contained', at: 'delivery', because: 'the letter arrived without the forged fields' }
      : { outcome: 'passed', at: 'delivery', because: `${kept.length} of 4 forged fields arrived` };
  }, 'not-run'),
});
