import { smuggling } from '../smuggle.ts';

/** Hides a second message behind an end in which CR stands twice. */
export const smuggledDoubleCr = smuggling(
  {
    name: 'smuggled-double-cr',
    title: 'Smuggles a second message behind a doubled CR',
    threat: 'attack/engine',
    control: 'edge/strict-protocol',
    severity: 'high',
    gain: 'He sends mail in anybody’s name: servers that drop one CR of two make the end themselves.',
    remedy: [{ platform: '*', text: 'Refuse messages in which a CR is not followed by LF.' }],
    references: ['RFC 5321 §2.3.8', 'RFC 5321 §4.1.1.4', 'CVE-2023-51764'],
    cost: { connections: 3, messages: 5, bytes: 5_000, seconds: 40 },
  },
  [
    { form: 'CRCRLF.CRCRLF', sequence: '\r\r\n.\r\r\n' },
    { form: 'CRLF.CRCRLF', sequence: '\r\n.\r\r\n' },
  ],
);
