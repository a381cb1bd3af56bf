import { graded } from '../../src/finding/grade.ts';
import type { Report } from '../../src/finding/report.ts';

/** What a stranger might send to a reader's terminal or browser, in one string. */
export const HOSTILE =
  '\x1b[2J\x1b]0;owned\x07<script>alert(1)</script>"\'><img src=x onerror=alert(2)>\u202egnp.exe\u200b\x9b31m\r\nSet-Cookie: a=b\0\ud800`--></style>';

/** A report in which every string that can come from outside is hostile. */
export function hostileReport(hostile: string = HOSTILE): Report {
  const id = `area/${hostile}` as const;
  return graded(
    {
      target: hostile,
      depth: 'polite',
      startedAt: hostile,
      finishedAt: hostile,
      servers: [
        {
          name: hostile,
          preference: 10,
          addresses: [hostile],
          endpoints: [
            {
              address: hostile,
              port: 25,
              state: 'open',
              identity: {
                vendor: hostile,
                product: hostile,
                version: hostile,
                versionRange: hostile,
                os: hostile,
                cpe: hostile,
                certainty: 0.5,
                because: [{ clue: hostile, value: hostile }],
              },
            },
          ],
        },
      ],
      findings: [
        {
          rule: {
            id,
            severity: 'critical',
            title: hostile,
            why: hostile,
            remedy: [
              { platform: hostile, text: hostile, config: `${hostile}\n${hostile}` },
              { platform: '*', text: hostile },
            ],
            references: [hostile, `https://example.com/${hostile}`, `javascript:alert(1)//${hostile}`],
            threat: hostile,
          },
          subject: hostile,
          evidence: [
            {
              kind: 'dialogue',
              lines: [
                { from: 'server', text: hostile, at: 1 },
                { from: 'client', text: hostile, at: 2 },
                { from: 'server', text: '\xff'.repeat(5000), at: 3 },
              ],
            },
            { kind: 'record', name: hostile, type: hostile, data: hostile },
            { kind: 'header', field: hostile, value: hostile },
            { kind: 'http', url: hostile, status: 200, quote: hostile },
            { kind: 'tls', host: hostile, quote: hostile },
            { kind: 'file', path: hostile, quote: hostile },
          ],
        },
      ],
      vulnerabilities: [
        {
          id: hostile,
          status: 'affected',
          because: hostile,
          severity: 'critical',
          cvss: 10,
          knownExploited: true,
          product: hostile,
          subject: hostile,
          fixedIn: hostile,
          gain: hostile,
          remote: true,
          unauthenticated: true,
        },
      ],
      unreached: [{ what: hostile, reason: 'protocol', detail: hostile }],
      dossier: { hostile },
    },
    1,
  );
}
