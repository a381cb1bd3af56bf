import { createHash } from 'node:crypto';
import type { Finding } from '../finding/finding.ts';
import type { Report } from '../finding/report.ts';
import type { Rule, Severity } from '../finding/rule.ts';
import type { Unreached } from '../finding/unreached.ts';
import type { Vulnerability } from '../finding/vulnerability.ts';
import { visible, visibleBytes } from './escape.ts';
import { evidenceWords } from './evidence-words.ts';
import { sortHoles } from './order.ts';
import { referenceAddress } from './reference.ts';
import { REASON_WORDS, reachWords } from './words.ts';

/** The report as SARIF 2.1.0, for whoever gathers the findings of many tools: code scanning of forges, dashboards, a SIEM. */

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

const LEVEL: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** What forges sort by: a CVSS-like number, as text. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '3.0',
  info: '0.0',
};

/** One SARIF log with one run. Holes that a fix excludes are left out: SARIF tells of what is wrong. */
export function reportSarif(report: Report, version = '0'): object {
  const rules = new Map<string, { readonly index: number; readonly descriptor: object }>();
  const indexOf = (id: string, describe: () => object) => {
    const known = rules.get(id);
    if (known !== undefined) return known.index;
    rules.set(id, { index: rules.size, descriptor: describe() });
    return rules.size - 1;
  };
  const results = [
    ...report.findings.map((finding) =>
      findingResult(
        finding,
        indexOf(finding.rule.id, () => ruleDescriptor(finding.rule)),
      ),
    ),
    ...sortHoles(report.vulnerabilities)
      .filter(({ status }) => status !== 'not-affected')
      .map((hole) =>
        holeResult(
          hole,
          indexOf(hole.id, () => holeDescriptor(hole)),
        ),
      ),
  ];
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'mailward',
            semanticVersion: version,
            rules: [...rules.values()].map(({ descriptor }) => descriptor),
          },
        },
        automationDetails: { id: `mailward/${encodeURIComponent(visible(report.target, 253))}/` },
        invocations: [
          {
            executionSuccessful: true,
            ...timeOf('startTimeUtc', report.startedAt),
            ...timeOf('endTimeUtc', report.finishedAt),
            toolExecutionNotifications: report.unreached.map(notification),
          },
        ],
        results,
        properties: { grade: report.grade, score: report.score, depth: report.depth },
      },
    ],
  };
}

function findingResult({ rule, subject, evidence }: Finding, ruleIndex: number): object {
  return {
    ruleId: visible(rule.id),
    ruleIndex,
    level: LEVEL[rule.severity],
    message: { text: message(`${rule.title} (${subject}). ${rule.why}`) },
    locations: [location(subject)],
    partialFingerprints: fingerprint(rule.id, subject),
    properties: {
      severity: rule.severity,
      evidence: evidence.flatMap((one) => [...evidenceWords(one)]),
      remedy: rule.remedy.map(({ platform, text, config }) => ({
        platform: visible(platform),
        text: visible(text),
        ...(config === undefined
          ? {}
          : {
              config: config
                .split('\n')
                .map((line) => visible(line))
                .join('\n'),
            }),
      })),
    },
  };
}

function holeResult(hole: Vulnerability, ruleIndex: number): object {
  const { id, subject, product, because, gain, fixedIn, severity, knownExploited, status } = hole;
  const fix = fixedIn === null ? 'No fix is known.' : `Mended in ${fixedIn}.`;
  const proven = status === 'affected';
  return {
    ruleId: visible(id),
    ruleIndex,
    // What needs a person's judgement is a review, and a review has no level (SARIF 2.1.0 §3.27.9).
    ...(proven ? { level: LEVEL[severity] } : { kind: 'review', level: 'none' }),
    message: { text: message(`${product} at ${subject}: ${gain ?? id}. ${because} ${fix}`) },
    locations: [location(subject)],
    partialFingerprints: fingerprint(id, subject),
    properties: { severity, status, knownExploited, reach: reachWords(hole) },
  };
}

function ruleDescriptor(rule: Rule): object {
  const remedy = rule.remedy.map(({ platform, text }) => (platform === '*' ? text : `${platform}: ${text}`)).join('\n');
  const address = rule.references.map(referenceAddress).find((one) => one !== null);
  return {
    id: visible(rule.id),
    shortDescription: { text: message(rule.title) },
    fullDescription: { text: message(rule.why) },
    help: { text: remedy.split('\n').map(message).join('\n') },
    ...(address === undefined ? {} : { helpUri: address }),
    defaultConfiguration: { level: LEVEL[rule.severity] },
    properties: { tags: ['security', visible(rule.threat)], 'security-severity': SECURITY_SEVERITY[rule.severity] },
  };
}

function holeDescriptor({ id, gain, product, severity, cvss, knownExploited }: Vulnerability): object {
  const address = referenceAddress(id);
  return {
    id: visible(id),
    shortDescription: { text: message(gain ?? `Known hole of ${product}`) },
    ...(address === null ? {} : { helpUri: address }),
    defaultConfiguration: { level: LEVEL[severity] },
    properties: {
      tags: ['security', 'vulnerability', ...(knownExploited ? ['known-exploited'] : [])],
      'security-severity': cvss === null ? SECURITY_SEVERITY[severity] : cvss.toFixed(1),
    },
  };
}

/** A server is no file: the logical location names it, the physical one is its address, which forges want to see. */
function location(subject: string): object {
  const name = visible(subject, 300);
  const uri = /:\d{1,5}$/.test(subject) ? `smtp://${encodeURI(name)}` : `dns:${encodeURIComponent(name)}`;
  return {
    physicalLocation: { artifactLocation: { uri } },
    logicalLocations: [{ fullyQualifiedName: name, kind: 'resource' }],
  };
}

/** The same fault of the same subject has the same fingerprint in every scan. */
function fingerprint(id: string, subject: string): object {
  const hash = createHash('sha256')
    .update(JSON.stringify([id, subject.toLowerCase()]))
    .digest('hex');
  return { 'ruleAndSubject/v1': hash.slice(0, 32) };
}

function notification({ what, reason, detail }: Unreached): object {
  const said = detail === undefined ? '' : ` (${visibleBytes(detail, 300)})`;
  return {
    level: 'note',
    message: { text: message(`${what} could not be looked at: ${REASON_WORDS[reason][0]}`) + defused(said) },
    descriptor: { id: `unreached/${reason}` },
  };
}

function timeOf(name: string, iso: string): object {
  return Number.isNaN(Date.parse(iso)) ? {} : { [name]: new Date(iso).toISOString() };
}

function message(text: string): string {
  return defused(visible(text));
}

/** Breaks what SARIF readers would take for a link (SARIF 2.1.0 §3.11.6) or a placeholder (§3.11.5). */
function defused(text: string): string {
  return text.replaceAll('](', '] (').replaceAll(/\{(?=\d+\})/g, '{ ');
}
