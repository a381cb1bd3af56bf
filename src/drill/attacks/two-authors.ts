import type { Attack } from '../attack.ts';
import { delivers } from '../script.ts';
import { byArrival, scripted, writing } from '../scripted.ts';

/** Names two authors in one header: one that is checked, and one that is shown. */
export const twoAuthors: Attack = scripted({
  name: 'two-authors',
  title: 'Names two authors in one header',
  threat: 'attack/phishing',
  control: 'edge/header-structure',
  severity: 'high',
  gain: 'The filter checks the author who may send, and the mail program shows the other one: any name passes any check.',
  remedy: [
    { platform: '*', text: 'Refuse letters with more than one From, or with a blank before its colon.' },
    {
      platform: 'Postfix',
      text: 'Refuse the blank; two From fields take a milter that counts.',
      config: 'header_checks = regexp:{{/^From[[:blank:]]+:/ REJECT}}',
    },
    {
      platform: 'Exim',
      text: 'Check the syntax of headers in the DATA ACL.',
      config: 'require verify = header_syntax',
    },
  ],
  references: ['RFC 5322 §3.6', 'Composition Kills, USENIX Security 2020', 'CVE-2024-49040'],
  cost: { connections: 3, messages: 3, bytes: 3_000, seconds: 34 },
  pairs: writing((facts, token) =>
    (
      [
        ['a second From', 'From'],
        ['a blank before the colon', 'From '],
      ] as const
    ).map(([form, name]) => {
      const stung = token();
      const author = (field: string) => `${field}: "The chief" <${SECOND}>\r\n`;
      return {
        form,
        control: delivers(facts, { attack: 'two-authors', token: 'control', fields: author('X-Drill-Author') }),
        sting: delivers(facts, { attack: 'two-authors', token: stung, fields: author(name) }),
        token: stung,
      };
    }),
  ),
  judge: byArrival(
    (message) =>
      new RegExp(`^From ?: ?"The chief" <${SECOND.replaceAll('.', '\\.')}>`, 'm').test(message)
        ? { outcome: 'passed', at: 'delivery', because: 'the letter arrived with both authors' }
        : { outcome: 'contained', at: 'delivery', because: 'the letter arrived with one author' },
    'passed',
  ),
});

/** Nobody’s address (RFC 2606). */
const SECOND = 'chief@example.com';
