import { smuggling } from '../smuggle.ts';

/** Hides a second message behind an end that has CR alone. */
export const smuggledBareCr = smuggling(
  {
    name: 'smuggled-bare-cr',
    title: 'Smuggles a second message behind a lone CR',
    threat: 'attack/engine',
    control: 'edge/strict-protocol',
    severity: 'high',
    gain: 'He sends mail in anybody’s name through the one server of a chain that takes CR for a line end.',
    remedy: [{ platform: '*', text: 'Refuse messages that hold a bare CR; never hand one on.' }],
    references: ['RFC 5321 §2.3.8', 'RFC 5321 §4.1.1.4', 'CVE-2023-51765', 'VU#302671'],
    cost: { connections: 6, messages: 11, bytes: 12_000, seconds: 80 },
  },
  [
    { form: 'CR.CR', sequence: '\r.\r' },
    { form: 'CR.CRLF', sequence: '\r.\r\n' },
    { form: 'CRLF.CR', sequence: '\r\n.\r' },
    { form: 'CR.LF', sequence: '\r.\n' },
    { form: 'LF.CR', sequence: '\n.\r' },
  ],
);
