import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Finding } from './finding.ts';
import { GRADES, gradeOf, gradeOfScore, type Judged } from './grade.ts';
import type { ReportServer } from './report.ts';
import { SEVERITIES, type Severity } from './rule.ts';
import { UNREACHED_REASONS, type Unreached } from './unreached.ts';
import type { Vulnerability } from './vulnerability.ts';

function finding(severity: Severity, id: `${string}/${string}` = 'area/fault', subject = 'mx.example.com'): Finding {
  return {
    rule: {
      id,
      severity,
      title: 'A fault',
      why: 'Gain.',
      remedy: [{ platform: '*', text: 'Mend it.' }],
      references: ['RFC 5321'],
      threat: 'recon/greeting',
    },
    subject,
    evidence: [{ kind: 'record', name: 'example.com', type: 'MX', data: '10 mx.example.com' }],
  };
}

function hole(change: Partial<Vulnerability> = {}): Vulnerability {
  return {
    id: 'CVE-2021-26855',
    status: 'affected',
    because: 'The build is older.',
    severity: 'critical',
    cvss: 9.1,
    knownExploited: true,
    product: 'Exchange Server 2019',
    subject: 'mx.example.com:443',
    fixedIn: '15.2.792.10',
    gain: null,
    remote: true,
    unauthenticated: true,
    ...change,
  };
}

const server: ReportServer = {
  name: 'mx.example.com',
  preference: 10,
  addresses: ['192.0.2.1'],
  endpoints: [{ address: '192.0.2.1', port: 25, state: 'open', identity: null }],
};
const clean: Judged = {
  depth: 'polite',
  servers: [server],
  findings: [],
  vulnerabilities: [],
  unreached: [],
  sightings: 3,
};

const anyFinding = fc
  .tuple(fc.constantFrom(...SEVERITIES), fc.constantFrom('a/a', 'a/b', 'b/c'), fc.constantFrom('mx1', 'mx2', 'mx3'))
  .map(([severity, id, subject]) => finding(severity, id as `${string}/${string}`, subject));
const anyHole = fc
  .record({
    id: fc.constantFrom('CVE-1', 'CVE-2', 'CVE-3'),
    status: fc.constantFrom('affected', 'possible', 'not-affected'),
    severity: fc.constantFrom(...SEVERITIES),
    knownExploited: fc.boolean(),
    remote: fc.boolean(),
    unauthenticated: fc.boolean(),
    subject: fc.constantFrom('mx1', 'mx2'),
  })
  .map((change) => hole(change as Partial<Vulnerability>));
const anyUnreached = fc.record({
  what: fc.constantFrom('mx1:25', 'mx2:25'),
  reason: fc.constantFrom(...UNREACHED_REASONS),
}) as fc.Arbitrary<Unreached>;
const anyJudged: fc.Arbitrary<Judged> = fc.record({
  depth: fc.constantFrom('passive', 'polite', 'intrusive'),
  servers: fc.constantFrom([], [server], [{ ...server, endpoints: [{ ...server.endpoints[0]!, state: 'filtered' }] }]),
  findings: fc.array(anyFinding, { maxLength: 8 }),
  vulnerabilities: fc.array(anyHole, { maxLength: 8 }),
  unreached: fc.array(anyUnreached, { maxLength: 8 }),
  sightings: fc.nat({ max: 3 }),
}) as fc.Arbitrary<Judged>;

function withOne<T>(list: readonly T[], one: T, at: number): T[] {
  const place = at % (list.length + 1);
  return [...list.slice(0, place), one, ...list.slice(place)];
}

test('a clean server gets the best grade, and nothing is taken', () => {
  assert.deepEqual(gradeOf(clean), { score: 100, grade: 'A+', taken: [], ceiling: null });
});

test('one more finding, hole or unreached thing never raises the score, wherever it stands', () => {
  fc.assert(
    fc.property(anyJudged, anyFinding, anyHole, anyUnreached, fc.nat(), (judged, one, two, three, at) => {
      const before = gradeOf(judged).score;
      assert.ok(gradeOf({ ...judged, findings: withOne(judged.findings, one, at) }).score <= before);
      assert.ok(gradeOf({ ...judged, vulnerabilities: withOne(judged.vulnerabilities, two, at) }).score <= before);
      assert.ok(gradeOf({ ...judged, unreached: withOne(judged.unreached, three, at) }).score <= before);
    }),
    { numRuns: 3000 },
  );
});

test('the score is a whole number of 0 to 100, and the reasons add up to it', () => {
  fc.assert(
    fc.property(anyJudged, (judged) => {
      const { score, grade, taken, ceiling } = gradeOf(judged);
      assert.ok(Number.isInteger(score) && score >= 0 && score <= 100);
      assert.equal(grade, gradeOfScore(score));
      const left = Math.max(0, 100 - taken.reduce((sum, { points }) => sum + points, 0));
      assert.equal(score, Math.floor(ceiling === null ? left : ceiling.score));
      assert.ok(taken.every(({ points }) => points > 0));
    }),
  );
});

test('nothing seen is never praised', () => {
  assert.equal(gradeOf({ ...clean, servers: [], sightings: 0 }).grade, 'F');
  fc.assert(
    fc.property(anyJudged, (judged) => {
      assert.equal(gradeOf({ ...judged, sightings: 0 }).grade, 'F');
    }),
  );
});

test('a server that could not be visited gets no A', () => {
  const filtered = { ...server, endpoints: [{ ...server.endpoints[0]!, state: 'filtered' as const }] };
  assert.equal(gradeOf({ ...clean, servers: [filtered] }).grade, 'D');
  assert.equal(
    gradeOf({ ...clean, servers: [], unreached: [{ what: 'MX of example.com', reason: 'dns-servfail' }] }).grade,
    'D',
  );
});

test('a domain that takes no mail, and says so in DNS, can have the best grade', () => {
  assert.equal(gradeOf({ ...clean, servers: [] }).grade, 'A+');
});

test('what was left out by intent takes nothing; what failed keeps the best grade away', () => {
  assert.equal(gradeOf({ ...clean, unreached: [{ what: 'STARTTLS', reason: 'not-offered' }] }).score, 100);
  assert.equal(gradeOf({ ...clean, unreached: [{ what: 'mx2', reason: 'timeout' }] }).grade, 'A');
});

test('the worst fault bounds the grade, however clean the rest', () => {
  const grades = SEVERITIES.map((severity) => gradeOf({ ...clean, findings: [finding(severity)] }).grade);
  assert.deepEqual(grades, ['A+', 'A+', 'A', 'C', 'E']);
});

test('a proven hole that attackers use is an F; a possible one is not', () => {
  assert.equal(gradeOf({ ...clean, vulnerabilities: [hole()] }).grade, 'F');
  assert.equal(gradeOf({ ...clean, vulnerabilities: [hole({ status: 'possible' })] }).grade, 'B');
  assert.equal(gradeOf({ ...clean, vulnerabilities: [hole({ status: 'not-affected' })] }).grade, 'A+');
});

test('a long list of maybes does not sink a server', () => {
  const many = Array.from({ length: 60 }, (_, i) => hole({ id: `CVE-2024-${i}`, status: 'possible' }));
  assert.equal(gradeOf({ ...clean, vulnerabilities: many }).grade, 'B');
});

test('the same fault on more servers takes more, but at most twice', () => {
  const on = (count: number) =>
    gradeOf({
      ...clean,
      findings: Array.from({ length: count }, (_, i) => finding('medium', 'area/fault', `mx${i}`)),
    }).taken[0]!.points;
  assert.deepEqual([on(1), on(2), on(5), on(50)], [6, 7.5, 12, 12]);
});

test('the order of what was found does not matter', () => {
  fc.assert(
    fc.property(anyJudged, (judged) => {
      const turned = {
        ...judged,
        findings: judged.findings.toReversed(),
        vulnerabilities: judged.vulnerabilities.toReversed(),
        unreached: judged.unreached.toReversed(),
      };
      assert.equal(gradeOf(turned).score, gradeOf(judged).score);
    }),
  );
});

test('docs/grading.md says the same numbers', async () => {
  const { readFileSync } = await import('node:fs');
  const page = readFileSync(new URL('../../docs/grading.md', import.meta.url), 'utf8');
  for (const [grade, least] of GRADES) assert.ok(page.includes(`| ${grade} | ${least} |`), `${grade} from ${least}`);
  const points = await import('./grade.ts');
  for (const severity of SEVERITIES)
    assert.ok(
      page.includes(`| ${severity} | ${points.FINDING_POINTS[severity]} | ${points.HOLE_POINTS[severity]} |`),
      severity,
    );
});
