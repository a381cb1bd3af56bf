import { graded } from '../../src/finding/grade.ts';
import type { Report } from '../../src/finding/report.ts';

/** A well-kept Postfix: one small remark, and holes that its distribution has mended. */
export const postfix: Report = graded(
  {
    target: 'tidy.example',
    depth: 'polite',
    startedAt: '2026-11-24T08:20:00.000Z',
    finishedAt: '2026-11-24T08:20:03.100Z',
    servers: [
      {
        name: 'mx.tidy.example',
        preference: 10,
        addresses: ['203.0.113.10'],
        endpoints: [
          {
            address: '203.0.113.10',
            port: 25,
            state: 'open',
            identity: {
              vendor: 'Postfix',
              product: 'Postfix',
              version: null,
              versionRange: '>=3.7',
              os: null,
              cpe: 'cpe:2.3:a:postfix:postfix:*:*:*:*:*:*:*:*',
              certainty: 0.9,
              because: [
                { clue: 'unknown command', value: '500 5.5.2 Error: command not recognized' },
                { clue: 'vrfy', value: '252 2.0.0 nobody' },
              ],
            },
          },
        ],
      },
    ],
    findings: [
      {
        rule: {
          id: 'policy/no-tls-rpt',
          severity: 'info',
          title: 'No TLS reports are asked for',
          why: 'When TLS to your servers breaks, nobody tells you.',
          remedy: [
            {
              platform: '*',
              text: 'Publish an address for reports.',
              config: '_smtp._tls.tidy.example. TXT "v=TLSRPTv1; rua=mailto:tls@tidy.example"',
            },
          ],
          references: ['RFC 8460 §3'],
          threat: 'attack/phishing',
        },
        subject: 'tidy.example',
        evidence: [{ kind: 'record', name: '_smtp._tls.tidy.example', type: 'TXT', data: '(no such name)' }],
      },
    ],
    vulnerabilities: [
      {
        id: 'CVE-2011-0411',
        status: 'not-affected',
        because: 'Mended in 2.7.3; the behaviour shows 3.7 or later.',
        severity: 'medium',
        cvss: 6.8,
        knownExploited: false,
        product: 'Postfix',
        subject: 'mx.tidy.example:25',
        fixedIn: '2.7.3',
        gain: 'Puts commands into a session before it is encrypted.',
        remote: true,
        unauthenticated: true,
      },
    ],
    unreached: [],
    dossier: {},
  },
  5,
);
