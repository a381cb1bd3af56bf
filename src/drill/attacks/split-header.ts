import type { Attack } from '../attack.ts';
import { delivers } from '../script.ts';
import { byArrival, scripted, writing } from '../scripted.ts';

/** Hides a header field inside another one, behind a bare LF or CR. */
export const splitHeader: Attack = scripted({
  name: 'split-header',
  title: 'Hides a header field inside another',
  threat: 'attack/engine',
  control: 'edge/strict-protocol',
  severity: 'medium',
  gain: 'The filter sees a subject; the mail program sees a sender, a recipient or a type that was never checked.',
  remedy: [
    { platform: '*', text: 'Refuse bare CR and LF in headers; never turn them into line ends.' },
    { platform: 'Postfix', text: 'Refuse bare newlines.', config: 'smtpd_forbid_bare_newline = reject' },
  ],
  references: ['RFC 5322 §2.2', 'RFC 5321 §2.3.8'],
  cost: { connections: 3, messages: 3, bytes: 3_000, seconds: 34 },
  pairs: writing((facts, token) =>
    (
      [
        ['LF', '\n'],
        ['CR', '\r'],
      ] as const
    ).map(([form, end]) => {
      const stung = token();
      return {
        form,
        control: delivers(facts, { attack: 'split-header', token: 'control', fields: 'X-Drill: one two\r\n' }),
        sting: delivers(facts, {
          attack: 'split-header',
          token: stung,
          fields: `X-Drill: one${end}X-Drill-Hidden: two\r\n`,
        }),
        token: stung,
      };
    }),
  ),
  judge: byArrival(
    (message) =>
      /(?:^|[\r\n])X-Drill-Hidden: two/.test(message)
        ? { outcome: 'passed', at: 'delivery', because: 'the hidden field arrived as one of its own' }
        : { outcome: 'contained', at: 'delivery', because: 'taken, and the hidden field is none in what arrived' },
    'contained',
  ),
});
