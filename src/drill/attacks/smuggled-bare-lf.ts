import { smuggling } from '../smuggle.ts';

/** Hides a second message behind an end that has LF alone (CVE-2023-51764, -51765, -51766). */
export const smuggledBareLf = smuggling(
  {
    name: 'smuggled-bare-lf',
    title: 'Smuggles a second message behind a lone LF',
    threat: 'attack/engine',
    control: 'edge/strict-protocol',
    severity: 'high',
    gain: 'He sends mail in anybody’s name: the second message has passed the sender checks of the first one’s server.',
    remedy: [
      { platform: '*', text: 'Refuse messages that hold a bare LF; never take one for a line end.' },
      {
        platform: 'Postfix',
        text: 'Refuse bare newlines (3.9, or 3.5.23, 3.6.13, 3.7.9, 3.8.4 and later).',
        config: 'smtpd_forbid_bare_newline = reject\nsmtpd_forbid_unauth_pipelining = yes',
      },
      { platform: 'Sendmail', text: 'Update to 8.18 or later, and leave its strict line ends on.' },
      { platform: 'Exim', text: 'Update to 4.97.1 or later.' },
    ],
    references: [
      'RFC 5321 §2.3.8',
      'RFC 5321 §4.1.1.4',
      'CVE-2023-51764',
      'CVE-2023-51765',
      'CVE-2023-51766',
      'VU#302671',
    ],
    cost: { connections: 4, messages: 7, bytes: 8_000, seconds: 8 },
  },
  [
    { form: 'LF.LF', sequence: '\n.\n' },
    { form: 'LF.CRLF', sequence: '\n.\r\n' },
    { form: 'CRLF.LF', sequence: '\r\n.\n' },
  ],
);
