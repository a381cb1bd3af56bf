import type { Identity } from '../../finding/identity.ts';
import type { NdrReport } from '../../finding/ndr-report.ts';
import type { Report } from '../../finding/report.ts';
import { capital, compareDrills, gotThrough, isMet, turnWords } from '../../report/drill-words.ts';
import type { StoryLine, StoryStep } from '../../report/story.ts';
import { productName } from '../../report/words.ts';
import type { VisitSeen } from '../../scan/probes/visit-seen.ts';
import type { PracticeRange, PracticeServer } from './practice-range.ts';
import type { Proof } from './proof-act.ts';

/** What was seen of one practice server, judged. */
export interface Attacked {
  readonly server: PracticeServer;
  readonly report: Report;
}

/** The steps of the demo, each made of what was really seen. */
export function openingStep({ dns, pins }: PracticeRange): StoryStep {
  return {
    title: 'The practice range is up',
    lines: [
      {
        kind: 'text',
        text: 'Four companies, their DNS and their mail servers, all on this machine. Nothing leaves it.',
      },
      { kind: 'fact', name: 'DNS', value: `${dns.address} port ${dns.port}` },
      { kind: 'fact', name: 'Mail servers', value: `${pins.size} on loopback, standing in for port 25` },
    ],
  };
}

export function mailMapStep(reports: readonly Attacked[]): StoryStep {
  return {
    title: 'The attacker reads public DNS',
    lines: reports.map(({ server, report }): StoryLine => {
      const names = report.servers.map(({ name, preference }) => `${preference ?? '-'} ${name}`);
      return { kind: 'fact', name: `${server.domain} MX`, value: names.join(', ') || 'none' };
    }),
  };
}

export function visitStep({ server, report }: Attacked): StoryStep {
  const endpoint = report.servers[0]?.endpoints[0];
  const identity = endpoint?.identity ?? null;
  const visit = visitOf(report);
  const greeting = visit?.lines.find(({ from }) => from === 'server')?.text ?? '';
  const lines: StoryLine[] = [{ kind: 'said', from: 'server', text: greeting }];
  if (identity === null) lines.push({ kind: 'text', text: 'It cannot be named.', mark: 'good' });
  else {
    lines.push({ kind: 'fact', name: 'It is', value: nameOf(identity), mark: 'bad' });
    lines.push({ kind: 'fact', name: 'Told by', value: reasonsOf(identity) });
  }
  const serious = report.findings.filter(({ rule }) => rule.severity === 'high' || rule.severity === 'critical');
  for (const { rule } of serious.slice(0, 3)) lines.push({ kind: 'text', text: rule.title, mark: 'bad' });
  lines.push({
    kind: 'fact',
    name: 'Grade',
    value: `${report.grade} (${report.score} of 100, ${report.findings.length} findings)`,
  });
  return { title: `Port 25 of ${server.host}`, lines };
}

function visitOf(report: Report): VisitSeen | undefined {
  const dossier = report.dossier as {
    readonly servers?: readonly { readonly endpoints: readonly { readonly seen: { readonly visit?: VisitSeen } }[] }[];
  };
  return dossier.servers?.[0]?.endpoints[0]?.seen.visit;
}

/** `Microsoft Exchange Server 2003 on Windows Server 2003`. */
function nameOf(identity: Identity): string {
  return `${productName(identity) ?? 'unknown'}${identity.os === null ? '' : ` on ${identity.os}`}`;
}

function reasonsOf({ because, certainty }: Identity): string {
  const shown = because.slice(0, 3).map(({ clue, value }) => `${clue} "${value}"`);
  return `${shown.join(', ')} (${Math.round(certainty * 100)} % certain)`;
}

/** `attacked` is the server that bounced, judged again with what its bounce says. */
export function bounceStep(bounce: NdrReport, { server: { domain, host }, report }: Attacked): StoryStep {
  const lines: StoryLine[] = [
    { kind: 'text', text: `A letter to nobody at ${domain} is taken, and comes back with more than it should say.` },
  ];
  if (bounce.reporter !== null)
    lines.push({ kind: 'fact', name: 'Written by', value: nameOf(bounce.reporter), mark: 'bad' });
  if (bounce.reportingHost !== null)
    lines.push({ kind: 'fact', name: 'Generating server', value: bounce.reportingHost, mark: 'bad' });
  const kinds = new Map<string, Set<string>>();
  for (const { kind, value } of bounce.disclosures) kinds.set(kind, (kinds.get(kind) ?? new Set()).add(value));
  for (const [kind, values] of kinds) {
    const shown = [...values].slice(0, 3).join(', ');
    lines.push({
      kind: 'fact',
      name: kind.replaceAll('-', ' '),
      value: values.size > 3 ? `${shown} and ${values.size - 3} more` : shown,
      mark: 'warn',
    });
  }
  const identity = report.servers[0]?.endpoints[0]?.identity ?? null;
  if (identity !== null) lines.push({ kind: 'fact', name: `So ${host} is`, value: nameOf(identity), mark: 'bad' });
  return { title: 'A letter to nobody, and the bounce', lines };
}

export function holesStep(reports: readonly Attacked[]): StoryStep {
  const lines = reports.flatMap(({ server, report }): StoryLine[] => {
    const holes = report.vulnerabilities;
    if (holes.length === 0) return [{ kind: 'fact', name: server.host, value: 'none that its words open' }];
    const best = holes.filter(({ knownExploited }, index) => knownExploited || index < 3).slice(0, 3);
    return [
      { kind: 'fact', name: server.host, value: `${holes.length} known holes apply or may apply`, mark: 'bad' },
      ...best.map(
        ({ id, status, gain }): StoryLine => ({
          kind: 'fact',
          name: `  ${id}`,
          value: `${status}: ${gain ?? 'see the CVE'}`,
        }),
      ),
    ];
  });
  return { title: 'The attacker looks up the holes', lines };
}

/** The drills against the bare servers: what got through, in a few lines. */
export function drillStep(proofs: readonly Proof[]): StoryStep {
  return {
    title: 'A drill: harmless copies of his attacks, against one’s own servers',
    lines: [
      {
        kind: 'text',
        text: 'The Exchange of harbour.test, and an old server that believes everybody. Each attack has its control: the same without the sting, which must pass. Of the Exchange only that is tried which its recorded words decide.',
      },
      ...proofs.map(({ name, before: { attacks, score } }): StoryLine => {
        const through = attacks.filter(({ outcome }) => gotThrough(outcome)).length;
        return {
          kind: 'fact',
          name: capital(name),
          value: `${through} of ${attacks.length} attacks got through; score ${score} of 100`,
          mark: through > 0 ? 'bad' : 'good',
        };
      }),
    ],
  };
}

/** The same drills with the edge in front: a line an attack, and what became of honest letters. */
export function edgeStep(proofs: readonly Proof[]): StoryStep {
  const letters = proofs.flatMap((proof) => proof.letters);
  const whole = letters.filter(({ arrived }) => arrived === 'whole').length;
  const rows = compareDrills(proofs).map(({ attack, turns }) => ({
    cells: [attack, ...turns.map(turnWords)] as const,
    mark: turns.every(({ after }) => after === null || isMet(after)) ? ('good' as const) : ('bad' as const),
  }));
  return {
    title: 'The edge in front of both, and the same drills again',
    lines: [
      { kind: 'text', text: 'Bare → behind the edge, which has its usual settings and knows who has a mailbox.' },
      {
        kind: 'table',
        head: ['Attack', ...proofs.map(({ name }) => capital(name))],
        rows: [
          ...rows,
          {
            cells: ['Score', ...proofs.map(({ before, after }) => `${before.score} → ${after.score}`)],
            mark: proofs.every(({ before, after }) => after.score > before.score) ? 'good' : 'bad',
          },
        ],
      },
      {
        kind: 'text',
        text: `${whole} of ${letters.length} honest letters arrived through the edge, byte for byte but for the trace in front.`,
        mark: whole === letters.length ? 'good' : 'bad',
      },
    ],
  };
}

export function closingStep(
  reports: readonly Attacked[],
  [scan, drill]: readonly [scan: string, drill: string],
  seconds: number,
): StoryStep {
  const grades = reports.map(
    ({ server, report }): StoryLine => ({
      kind: 'fact',
      name: server.domain,
      value: `${report.grade}  ${report.score}/100`,
    }),
  );
  return {
    title: 'One day, no password, no exploit',
    lines: [
      {
        kind: 'text',
        text: `All of this took ${seconds} seconds; what the attacker learnt in it, no mail server would find unusual.`,
      },
      ...grades,
      { kind: 'fact', name: 'The report', value: `${scan} (all four, on one page)` },
      { kind: 'fact', name: 'The drill', value: `${drill} (before and after)` },
      { kind: 'text', text: 'Your own domain and server, seen the same way:' },
      { kind: 'command', text: 'mailward scan example.com' },
      { kind: 'command', text: 'mailward drill localhost:25 --authorised "who and why"' },
    ],
  };
}
