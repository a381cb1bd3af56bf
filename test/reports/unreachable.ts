import { graded } from '../../src/finding/grade.ts';
import type { Report } from '../../src/finding/report.ts';

/** A domain that does not exist: nothing seen, nothing praised. */
export const noSuchDomain: Report = graded(
  {
    target: 'gone.example',
    depth: 'polite',
    startedAt: '2026-11-24T08:30:00.000Z',
    finishedAt: '2026-11-24T08:30:00.200Z',
    servers: [],
    findings: [],
    vulnerabilities: [],
    unreached: [
      { what: 'MX of gone.example', reason: 'no-such-domain' },
      { what: 'TXT of gone.example', reason: 'no-such-domain' },
    ],
    dossier: {},
  },
  0,
);

/** A domain whose only server does not answer: DNS was seen, the server was not. */
export const silentServer: Report = graded(
  {
    target: 'quiet.example',
    depth: 'polite',
    startedAt: '2026-11-24T08:31:00.000Z',
    finishedAt: '2026-11-24T08:31:30.000Z',
    servers: [
      {
        name: 'mx.quiet.example',
        preference: 0,
        addresses: ['203.0.113.99'],
        endpoints: [{ address: '203.0.113.99', port: 25, state: 'filtered', identity: null }],
      },
    ],
    findings: [],
    vulnerabilities: [],
    unreached: [{ what: 'mx.quiet.example:25', reason: 'timeout', detail: 'no answer within 30 s' }],
    dossier: {},
  },
  2,
);
