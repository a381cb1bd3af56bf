import type { Attack } from '../attack.ts';
import { delivers } from '../script.ts';
import { byArrival, scripted, writing } from '../scripted.ts';

const TYPE = 'Content-Type: text/plain; charset=us-ascii\r\n';

/** Says twice what the letter is made of: whoever believes the first reads another letter than whoever believes the second. */
export const twoTypes: Attack = scripted({
  name: 'two-types',
  title: 'Says twice what the letter is made of',
  threat: 'attack/program',
  control: 'edge/header-structure',
  severity: 'high',
  gain: 'The virus scanner reads a plain letter; the mail program opens what is attached to the other one.',
  remedy: [
    { platform: '*', text: 'Refuse letters with more than one Content-Type or Content-Transfer-Encoding.' },
    { platform: '*', text: 'Use a scanner that reads such letters in both ways (amavis 2.12.3 or later).' },
  ],
  references: ['RFC 2045 §5', 'CVE-2024-28054', 'CVE-2025-20153'],
  cost: { connections: 3, messages: 3, bytes: 3_000, seconds: 34 },
  pairs: writing((facts, token) =>
    (
      [
        ['a second type', 'Content-Type: multipart/mixed; boundary=drill\r\n'],
        ['a second encoding', 'Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit\r\n'],
      ] as const
    ).map(([form, second]) => {
      const stung = token();
      const fields = `MIME-Version: 1.0\r\n${TYPE}`;
      return {
        form,
        control: delivers(facts, { attack: 'two-types', token: 'control', fields }),
        sting: delivers(facts, { attack: 'two-types', token: stung, fields: `${fields}${second}` }),
        token: stung,
      };
    }),
  ),
  judge: byArrival((message) => {
    const types = message.match(/^Content-(?:Type|Transfer-Encoding):/gim)?.length ?? 0;
    return types > 1 && /^Content-Type: (?:multipart|text)[\s\S]*^Content-/im.test(message)
      ? { outcome: 'passed', at: 'delivery', because: 'the letter arrived with both' }
      : { outcome: 'contained', at: 'delivery', because: 'the letter arrived with one' };
  }, 'passed'),
});
