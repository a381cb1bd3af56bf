import { z } from 'zod';
import type { Report } from '../finding/report.ts';
import { SEVERITIES } from '../finding/rule.ts';
import { UNREACHED_REASONS } from '../finding/unreached.ts';

const severity = z.enum(SEVERITIES);
const line = z.object({
  from: z.enum(['client', 'server']),
  text: z.string(),
  at: z.number(),
  secure: z.literal(true).optional(),
});
const evidence = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('dialogue'), lines: z.array(line) }),
  z.object({ kind: z.literal('record'), name: z.string(), type: z.string(), data: z.string() }),
  z.object({ kind: z.literal('header'), field: z.string(), value: z.string() }),
  z.object({ kind: z.literal('http'), url: z.string(), status: z.number(), quote: z.string() }),
  z.object({ kind: z.literal('tls'), host: z.string(), quote: z.string() }),
  z.object({ kind: z.literal('file'), path: z.string(), quote: z.string() }),
]);
const text = z.string().nullable();
const grade = z.enum(['A+', 'A', 'B', 'C', 'D', 'E', 'F']);
const identity = z.object({
  vendor: text,
  product: text,
  version: text,
  versionRange: text,
  release: text.optional(),
  os: text,
  cpe: text,
  certainty: z.number(),
  because: z.array(z.object({ clue: z.string(), value: z.string() })),
  productId: text.optional(),
  packageVersion: text.optional(),
});
const endpoint = z.object({
  address: z.string(),
  port: z.number(),
  state: z.enum(['open', 'closed', 'filtered', 'unreached']),
  identity: identity.nullable(),
});
const finding = z.object({
  rule: z.string().regex(/^[^/]+\/.+$/),
  severity,
  subject: z.string(),
  title: z.string(),
  why: z.string(),
  remedy: z.array(z.object({ platform: z.string(), text: z.string(), config: z.string().optional() })).min(1),
  references: z.array(z.string()).min(1),
  threat: z.string().default(''),
  evidence: z.array(evidence).min(1),
});
const vulnerability = z.object({
  id: z.string(),
  status: z.enum(['affected', 'possible', 'not-affected']),
  because: z.string(),
  severity,
  cvss: z.number().nullable(),
  knownExploited: z.boolean(),
  product: z.string(),
  subject: z.string(),
  fixedIn: text,
  gain: text.default(null),
  remote: z.boolean().default(true),
  unauthenticated: z.boolean().default(false),
});
const grading = z.object({
  score: z.number(),
  grade,
  taken: z.array(
    z.object({
      kind: z.enum(['finding', 'vulnerability', 'unreached']),
      what: z.string(),
      times: z.number(),
      points: z.number(),
    }),
  ),
  ceiling: z.object({ score: z.number(), because: z.string() }).nullable(),
});
const reportShape = z.object({
  schema: z.literal('mailward/report/1'),
  target: z.string(),
  depth: z.enum(['passive', 'polite', 'intrusive']),
  startedAt: z.string(),
  finishedAt: z.string(),
  grade,
  score: z.number().min(0).max(100),
  grading: grading.optional(),
  servers: z.array(
    z.object({
      name: z.string(),
      preference: z.number().nullable(),
      addresses: z.array(z.string()),
      endpoints: z.array(endpoint),
    }),
  ),
  findings: z.array(finding),
  vulnerabilities: z.array(vulnerability),
  unreached: z.array(z.object({ what: z.string(), reason: z.enum(UNREACHED_REASONS), detail: z.string().optional() })),
  dossier: z.record(z.string(), z.unknown()),
});

/** Reads a report that was stored or came from a file. Nothing of it is trusted: what is not of the contract's shape is a fault that says where. */
export function readReport(value: unknown): { readonly report: Report } | { readonly fault: string } {
  const read = reportShape.safeParse(value);
  if (!read.success) {
    const issue = read.error.issues[0];
    return { fault: `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is no report'}` };
  }
  const { schema: _, findings, ...rest } = read.data;
  const report = {
    ...rest,
    findings: findings.map(({ rule, subject, evidence: seen, ...words }) => ({
      rule: { id: rule, ...words },
      subject,
      evidence: seen,
    })),
  };
  return { report: report as unknown as Report };
}
