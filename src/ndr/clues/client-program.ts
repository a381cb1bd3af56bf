import type { Disclosure } from '../../finding/ndr-report.ts';
import type { Rule } from '../../finding/rule.ts';
import { type Clue, disclose, type SeenField } from '../clue.ts';

const rule: Rule = {
  id: 'header/client-program',
  severity: 'low',
  title: 'Messages name the mail program that wrote them, with its version',
  why: 'An attacker learns which program and system a person uses, and can send what works against exactly that build.',
  remedy: [
    {
      platform: 'Postfix',
      text: 'Remove the fields on submission.',
      config: '# header_checks of the submission service\n/^(User-Agent|X-Mailer|X-MimeOLE):/ IGNORE',
    },
    {
      platform: 'Exchange',
      text: 'Remove X-Mailer and User-Agent by a transport rule on outgoing mail.',
      config: 'New-TransportRule "No client names" -SentToScope NotInOrganization -RemoveHeader "X-Mailer"',
    },
    {
      platform: 'Exim',
      text: 'Remove the fields in the remote_smtp transport.',
      config: 'headers_remove = X-Mailer:User-Agent',
    },
    { platform: '*', text: 'Remove the fields at the gateway.' },
  ],
  references: ['RFC 5322 §3.6.8', 'RFC 7231 §9.6', 'CWE-200'],
  threat: 'recon/bounce',
};

const FIELDS = new Set([
  'x-mailer',
  'user-agent',
  'x-newsreader',
  'x-mimeole',
  'x-mailing-software',
  'x-mua',
  'x-user-agent',
  'x-mail-client',
  'x-http-useragent',
  'x-originating-useragent',
  'x-posting-agent',
  'x-mail-agent',
]);

/** Shapes of Message-IDs that only one program makes. */
const MESSAGE_IDS: readonly (readonly [shape: RegExp, program: string])[] = [
  [/^<[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}@/, 'Apple Mail'],
  [/^<Pine\.[A-Z0-9]{2,8}\.(\d\.\d\d)/, 'Pine'],
  [/^<alpine\.[A-Z0-9]{2,8}\.(\d\.\d\d)/, 'Alpine'],
  [/^<[0-9a-f]{12}\$[0-9a-f]{8}\$[0-9a-z]{8}@/i, 'Outlook Express or Outlook'],
  [/^<\d{14}\.[A-Za-z]{2}\d{5}@/, 'mutt 1.x'],
  [/^<[\w+-]{6,}\.\d+@imap\./, 'Dovecot Sieve'],
  [/^<\d+\.JavaMail\.([\w.-]{1,40})@/, 'JavaMail'],
  [/\.JavaMail\.([\w.-]{1,40})@/, 'JavaMail'],
];

/** Mail programs: in the fields made for it, in the shape of Message-IDs, and what they tell of phones. */
export const clientProgram: Clue = {
  rules: [rule],
  *find(seen) {
    for (const field of seen.fields) {
      if (FIELDS.has(field.name)) yield* fromField(field);
      else if (field.name === 'message-id') yield* fromMessageId(field);
    }
  },
};

function* fromField({ value, where }: SeenField): Generator<Disclosure> {
  if (value.trim() !== '') yield disclose(rule, 'client', value, where);
}

function* fromMessageId({ value, where }: SeenField): Generator<Disclosure> {
  const text = value.trim().slice(0, 300);
  const found = MESSAGE_IDS.find(([shape]) => shape.test(text));
  if (found === undefined) return;
  const detail = found[0].exec(text)?.[1];
  yield disclose(rule, 'client', detail === undefined ? found[1] : `${found[1]} ${detail}`, where, 'info');
}
