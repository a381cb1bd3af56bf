import type { Finding } from '../../src/finding/finding.ts';
import { graded } from '../../src/finding/grade.ts';
import type { Report } from '../../src/finding/report.ts';
import type { Vulnerability } from '../../src/finding/vulnerability.ts';
import type { Line } from '../../src/wire/smtp/line.ts';

/** A scan of a neglected Exchange 2007 behind two MX records, one of which is a Sendmail that gives everything away. */

const visit: readonly Line[] = [
  {
    from: 'server',
    text: '220 mail.contoso.example Microsoft ESMTP MAIL Service ready at Tue, 24 Nov 2026 09:12:44 +0100',
    at: 38,
  },
  { from: 'client', text: 'EHLO scan.example.net', at: 41 },
  { from: 'server', text: '250-mail.contoso.example Hello [198.51.100.7]', at: 78 },
  { from: 'server', text: '250-SIZE 10485760', at: 78 },
  { from: 'server', text: '250-PIPELINING', at: 78 },
  { from: 'server', text: '250-DSN', at: 78 },
  { from: 'server', text: '250-ENHANCEDSTATUSCODES', at: 78 },
  { from: 'server', text: '250-X-ANONYMOUSTLS', at: 78 },
  { from: 'server', text: '250-AUTH NTLM LOGIN', at: 78 },
  { from: 'server', text: '250-X-EXPS GSSAPI NTLM', at: 78 },
  { from: 'server', text: '250-8BITMIME', at: 78 },
  { from: 'server', text: '250-BINARYMIME', at: 78 },
  { from: 'server', text: '250-CHUNKING', at: 78 },
  { from: 'server', text: '250 XEXCH50', at: 78 },
];

const findings: readonly Finding[] = [
  {
    rule: {
      id: 'relay/open',
      severity: 'critical',
      title: 'The server relays mail for anyone',
      why: 'Anyone can send spam and forged mail through it; the domain lands on block lists and its own mail is refused.',
      remedy: [
        {
          platform: 'Exchange',
          text: 'Take the anonymous right to submit to any recipient from the Internet receive connector.',
          config:
            'Get-ReceiveConnector "Default MAIL" | Get-ADPermission -User "NT AUTHORITY\\ANONYMOUS LOGON" |\n  Where {$_.ExtendedRights -like "ms-Exch-SMTP-Accept-Any-Recipient"} | Remove-ADPermission',
        },
        {
          platform: 'Postfix',
          text: 'Refuse unauthorised destinations.',
          config:
            "postconf -e 'smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination'\npostfix reload",
        },
        { platform: '*', text: 'Accept mail from outside only for your own domains.' },
      ],
      references: ['RFC 5321 §3.6', 'CWE-183'],
      threat: 'attack/engine',
    },
    subject: 'mail.contoso.example:25',
    evidence: [
      {
        kind: 'dialogue',
        lines: [
          { from: 'client', text: 'MAIL FROM:<probe@example.net>', at: 402 },
          { from: 'server', text: '250 2.1.0 Sender OK', at: 431 },
          { from: 'client', text: 'RCPT TO:<probe@example.org>', at: 433 },
          { from: 'server', text: '250 2.1.5 Recipient OK', at: 466 },
          { from: 'client', text: 'RSET', at: 468 },
          { from: 'server', text: '250 2.0.0 Resetting', at: 494 },
        ],
      },
    ],
  },
  {
    rule: {
      id: 'auth/without-tls',
      severity: 'high',
      title: 'Passwords may be sent without encryption',
      why: 'Whoever listens on the way reads user names and passwords.',
      remedy: [
        {
          platform: 'Exchange',
          text: 'Offer Basic authentication only after STARTTLS.',
          config: 'Set-ReceiveConnector "Default MAIL" -AuthMechanism Tls,Integrated,BasicAuth,BasicAuthRequireTLS',
        },
        { platform: 'Postfix', text: 'Hide AUTH before TLS.', config: "postconf -e 'smtpd_tls_auth_only = yes'" },
        {
          platform: 'Sendmail',
          text: 'Add the option p to the daemon.',
          config: "define(`confAUTH_OPTIONS', `A p y')dnl",
        },
      ],
      references: ['RFC 4954 §4', 'RFC 8314 §3.3'],
      threat: 'attack/account',
    },
    subject: 'mail.contoso.example:25',
    evidence: [{ kind: 'dialogue', lines: [visit[1]!, visit[8]!] }],
  },
  {
    rule: {
      id: 'tls/not-offered',
      severity: 'high',
      title: 'STARTTLS is not offered',
      why: 'Every message to this server travels in clear text and can be read and changed on the way.',
      remedy: [
        {
          platform: 'Exchange',
          text: 'Assign a certificate to SMTP.',
          config: 'Enable-ExchangeCertificate -Thumbprint <thumbprint> -Services SMTP',
        },
        { platform: '*', text: 'Give the server a certificate and turn STARTTLS on.' },
      ],
      references: ['RFC 3207', 'RFC 7435'],
      threat: 'attack/engine',
    },
    subject: 'mail.contoso.example:25',
    evidence: [{ kind: 'dialogue', lines: visit }],
  },
  ...['mail.contoso.example:25', 'backup.contoso.example:25'].map(
    (subject, at): Finding => ({
      rule: {
        id: 'greeting/version',
        severity: 'medium',
        title: 'Product and version are given away',
        why: 'An attacker looks the version up and knows at once which holes to try.',
        remedy: [
          {
            platform: 'Sendmail',
            text: 'Leave the version out of the greeting and of HELP.',
            config: "define(`confSMTP_LOGIN_MSG', `$j ESMTP')dnl\ndefine(`HELP_FILE', `')dnl",
          },
          {
            platform: 'Exchange',
            text: 'Set a neutral banner on the receive connector.',
            config: 'Set-ReceiveConnector "Default MAIL" -Banner "220 mail.contoso.example ESMTP"',
          },
          { platform: '*', text: 'Put a neutral gateway in front of the server.' },
        ],
        references: ['RFC 5321 §4.3.1', 'CWE-200'],
        threat: 'recon/greeting',
      },
      subject,
      evidence: [
        {
          kind: 'dialogue',
          lines: [
            at === 0
              ? visit[0]!
              : {
                  from: 'server',
                  text: '220 backup.contoso.example ESMTP Sendmail 8.14.4/8.14.4/Debian-4; Tue, 24 Nov 2026 09:12:47 +0100',
                  at: 44,
                },
          ],
        },
      ],
    }),
  ),
  {
    rule: {
      id: 'auth/ntlm-names',
      severity: 'medium',
      title: 'NTLM gives internal names away before any login',
      why: 'The names of the Windows domain, forest and computer help to guess accounts and to move on inside.',
      remedy: [
        {
          platform: 'Exchange',
          text: 'Do not offer integrated authentication to the Internet.',
          config: 'Set-ReceiveConnector "Default MAIL" -AuthMechanism Tls,BasicAuth,BasicAuthRequireTLS',
        },
      ],
      references: ['MS-NLMP §2.2.1.2'],
      threat: 'recon/greeting',
    },
    subject: 'mail.contoso.example:25',
    evidence: [
      {
        kind: 'dialogue',
        lines: [
          { from: 'client', text: 'AUTH NTLM TlRMTVNTUAABAAAAB4IIAAAAAAAAAAAAAAAAAAAAAAA=', at: 512, secure: true },
          {
            from: 'server',
            text: '334 TlRMTVNTUAACAAAADgAOADgAAAAFgokCn1Q0HmVxDQ8AAAAAAAAAAJYAlgBGAAAABgBxFwAAAA9DAE8ATgBUAE8AUwBPAAIADgBDAE8ATgBUAE8AUwBPAAEACABNAEEASQBMAA==',
            at: 541,
            secure: true,
          },
        ],
      },
    ],
  },
  {
    rule: {
      id: 'policy/dmarc-none',
      severity: 'medium',
      title: 'DMARC only watches (p=none)',
      why: 'Mail that forges your address is still delivered.',
      remedy: [
        {
          platform: '*',
          text: 'When the reports show only your own senders, ask for quarantine, then reject.',
          config: '_dmarc.contoso.example. TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@contoso.example"',
        },
      ],
      references: ['RFC 9989 §4.7'],
      threat: 'attack/phishing',
    },
    subject: 'contoso.example',
    evidence: [
      {
        kind: 'record',
        name: '_dmarc.contoso.example',
        type: 'TXT',
        data: 'v=DMARC1; p=none; rua=mailto:dmarc@contoso.example',
      },
    ],
  },
  {
    rule: {
      id: 'policy/spf-soft',
      severity: 'low',
      title: 'SPF ends in ~all',
      why: 'Receivers are told to doubt forged mail, not to refuse it.',
      remedy: [
        {
          platform: '*',
          text: 'End the record with -all when every sender is in it.',
          config: 'contoso.example. TXT "v=spf1 mx include:_spf.example.net -all"',
        },
      ],
      references: ['RFC 7208 §5.1'],
      threat: 'attack/phishing',
    },
    subject: 'contoso.example',
    evidence: [
      { kind: 'record', name: 'contoso.example', type: 'TXT', data: 'v=spf1 mx include:_spf.example.net ~all' },
    ],
  },
  {
    rule: {
      id: 'policy/no-mta-sts',
      severity: 'info',
      title: 'No MTA-STS policy',
      why: 'Senders cannot know that your servers speak TLS, so an attacker on the way may turn it off.',
      remedy: [{ platform: '*', text: 'Publish a policy once every MX has a trusted certificate.' }],
      references: ['RFC 8461'],
      threat: 'attack/phishing',
    },
    subject: 'contoso.example',
    evidence: [{ kind: 'record', name: '_mta-sts.contoso.example', type: 'TXT', data: '(no such name)' }],
  },
];

function hole(id: string, change: Partial<Vulnerability>): Vulnerability {
  return {
    id,
    status: 'affected',
    because: 'Exchange Server 2007 has had no updates since April 2017; the fix was never made for it.',
    severity: 'high',
    cvss: null,
    knownExploited: false,
    product: 'Exchange Server 2007',
    subject: 'mail.contoso.example:25',
    fixedIn: null,
    gain: null,
    remote: true,
    unauthenticated: true,
    ...change,
  };
}

const vulnerabilities: readonly Vulnerability[] = [
  hole('CVE-2021-26857', {
    severity: 'high',
    cvss: 7.8,
    knownExploited: true,
    unauthenticated: false,
    status: 'possible',
    gain: 'Runs programs as SYSTEM through the Unified Messaging service.',
    because: 'The Unified Messaging role may or may not be installed.',
    fixedIn: '8.3.83.4',
  }),
  hole('CVE-2020-0688', {
    severity: 'high',
    cvss: 8.8,
    knownExploited: true,
    unauthenticated: false,
    status: 'possible',
    gain: 'Runs programs as SYSTEM with any mailbox password, because all servers share one key.',
    because: 'Only Exchange 2010 and later were examined by Microsoft.',
  }),
  hole('CVE-2018-8581', {
    severity: 'high',
    cvss: 7.4,
    knownExploited: true,
    unauthenticated: false,
    gain: 'Acts as any other user of the server.',
  }),
  hole('CVE-2009-0098', {
    severity: 'critical',
    cvss: 9.3,
    gain: 'Runs programs on the server by one prepared message (TNEF).',
    fixedIn: '8.1.340.1',
    because: 'The newest build the server can have is older than the fix.',
  }),
  hole('CVE-2009-0099', {
    severity: 'medium',
    cvss: 5,
    gain: 'Stops the mail service by one prepared command.',
    fixedIn: '8.1.340.1',
    because: 'The newest build the server can have is older than the fix.',
  }),
  hole('CVE-2014-3956', {
    severity: 'low',
    cvss: 1.9,
    product: 'Sendmail 8.14.4',
    subject: 'backup.contoso.example:25',
    status: 'not-affected',
    remote: false,
    because: 'Debian mended it in 8.14.4-4+deb7u1.',
    fixedIn: '8.14.4-4+deb7u1',
  }),
];

export const exchange2007: Report = graded(
  {
    target: 'contoso.example',
    depth: 'intrusive',
    startedAt: '2026-11-24T08:12:41.000Z',
    finishedAt: '2026-11-24T08:12:52.400Z',
    servers: [
      {
        name: 'mail.contoso.example',
        preference: 10,
        addresses: ['192.0.2.25'],
        endpoints: [
          {
            address: '192.0.2.25',
            port: 25,
            state: 'open',
            identity: {
              vendor: 'Microsoft',
              product: 'Exchange Server 2007',
              version: null,
              versionRange: '>=8.0 <8.4',
              os: 'Windows Server 2003',
              cpe: 'cpe:2.3:a:microsoft:exchange_server:2007:*:*:*:*:*:*:*',
              certainty: 0.97,
              because: [
                { clue: 'greeting', value: 'Microsoft ESMTP MAIL Service ready at' },
                { clue: 'ehlo order', value: 'SIZE PIPELINING DSN … XEXCH50, and no XRDST' },
                { clue: 'bounce', value: 'Sent by Microsoft Exchange Server 2007' },
              ],
            },
          },
          { address: '192.0.2.25', port: 587, state: 'filtered', identity: null },
        ],
      },
      {
        name: 'backup.contoso.example',
        preference: 20,
        addresses: ['198.51.100.25', '2001:db8::25'],
        endpoints: [
          {
            address: '198.51.100.25',
            port: 25,
            state: 'open',
            identity: {
              vendor: 'Sendmail',
              product: 'Sendmail',
              version: '8.14.4',
              versionRange: null,
              os: 'Debian GNU/Linux',
              cpe: 'cpe:2.3:a:sendmail:sendmail:8.14.4:*:*:*:*:*:*:*',
              certainty: 0.99,
              because: [{ clue: 'greeting', value: 'ESMTP Sendmail 8.14.4/8.14.4/Debian-4' }],
            },
          },
          { address: '2001:db8::25', port: 25, state: 'unreached', identity: null },
        ],
      },
    ],
    findings,
    vulnerabilities,
    unreached: [
      { what: 'backup.contoso.example [2001:db8::25]:25', reason: 'unreachable', detail: 'no IPv6 route from here' },
      { what: 'mail.contoso.example:587', reason: 'filtered' },
    ],
    dossier: {},
  },
  9,
);
