/** Drills for tests of reports: every outcome once, and one of a server that sends what should act on its reader. */
import { type DrillAttack, type DrillReport, OUTCOMES } from '../../src/finding/drill-report.ts';
import { HOSTILE } from './hostile.ts';

export function attack(name: string, some: Partial<DrillAttack> = {}): DrillAttack {
  return {
    attack: name,
    title: `Tries ${name}`,
    threat: 'attack/engine',
    control: 'edge/strict-protocol',
    severity: 'medium',
    gain: 'He gains.',
    outcome: 'passed',
    at: 'mail',
    because: '250 Ok',
    forms: [],
    evidence: [{ kind: 'dialogue', lines: [{ from: 'server', text: '250 Ok', at: 1 }] }],
    remedy: [{ platform: '*', text: 'Mend it.', config: 'mended = yes' }],
    references: ['RFC 5321 §4.1.1'],
    took: 3,
    ...some,
  };
}

export function drill(...attacks: readonly DrillAttack[]): DrillReport {
  return {
    target: 'mx.example:25',
    startedAt: '2026-11-25T10:00:00.000Z',
    finishedAt: '2026-11-25T10:01:00.000Z',
    score: 40,
    authorised: 'Ann, a test',
    recipient: 'user@example.com',
    endedEarly: null,
    attacks,
  };
}

export const one = (name: string, outcome: DrillAttack['outcome']) => attack(name, { outcome });

export const mixedDrill = drill(
  one('a-passed', 'passed'),
  one('b-stopped', 'stopped'),
  one('c-contained', 'contained'),
  one('d-not-run', 'not-run'),
  one('e-harmed', 'harmed'),
);

export const hostileDrill: DrillReport = {
  ...drill(
    ...OUTCOMES.map((outcome) =>
      attack(`x-${outcome}`, {
        outcome,
        because: HOSTILE,
        forms: [{ form: HOSTILE, outcome, at: null, because: HOSTILE }],
        evidence: [{ kind: 'dialogue', lines: [{ from: 'server', text: HOSTILE, at: 1 }] }],
      }),
    ),
  ),
  target: HOSTILE,
  recipient: HOSTILE,
  authorised: HOSTILE,
  endedEarly: HOSTILE,
};
