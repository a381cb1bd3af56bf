import { smuggling } from '../smuggle.ts';

/** Hides a second message behind an end with a NUL in it. */
export const smuggledNul = smuggling(
  {
    name: 'smuggled-nul',
    title: 'Smuggles a second message behind a NUL',
    threat: 'attack/engine',
    control: 'edge/strict-protocol',
    severity: 'high',
    gain: 'He sends mail in anybody’s name: servers that drop the NUL are left with a true end.',
    remedy: [
      { platform: '*', text: 'Refuse messages that hold a NUL; never take it out.' },
      { platform: 'Postfix', text: 'Refuse such messages.', config: 'message_reject_characters = \\0' },
    ],
    references: ['RFC 5321 §4.1.1.4', 'RFC 5322 §2.3'],
    cost: { connections: 3, messages: 5, bytes: 5_000, seconds: 40 },
  },
  [
    { form: 'CRLF NUL.CRLF', sequence: '\r\n\0.\r\n' },
    { form: 'CRLF.NUL CRLF', sequence: '\r\n.\0\r\n' },
  ],
);
