import type { Report } from '../finding/report.ts';
import { atLeast, type Remedy } from '../finding/rule.ts';
import { groupFindings, severityCounts, sortHoles } from './order.ts';
import { commandOf, counted, listed, listedUpTo, productName, SEVERITY_WORDS } from './words.ts';

/** The report in a few sentences: what a reader with one minute takes away. Unescaped: renderings escape it. */
export interface Verdict {
  readonly headline: string;
  readonly sentences: readonly string[];
  /** In the order in which to do them. */
  readonly next: readonly NextStep[];
}

export interface NextStep {
  /** The fault that the step mends, where it is not said in `text`. */
  readonly fault?: string;
  readonly text: string;
  /** A command of mailward, ready to paste. */
  readonly command?: string;
}

/** The most steps that are named: a list nobody finishes helps nobody. */
const STEPS_MOST = 5;

export function verdictOf(report: Report): Verdict {
  return { headline: headlineOf(report), sentences: [...sentencesOf(report)], next: [...stepsOf(report)] };
}

/** True if the scan brought nothing back at all. */
export function sawNothing(report: Report): boolean {
  return report.servers.length === 0 && report.findings.length === 0 && report.unreached.length > 0;
}

function headlineOf(report: Report): string {
  if (sawNothing(report)) return 'Nothing could be seen, so nothing can be said.';
  const proven = report.vulnerabilities.filter((hole) => hole.status === 'affected');
  const worst = severityCounts(report.findings.map(({ rule }) => rule.severity))[0]?.severity ?? 'info';
  if (proven.some((hole) => hole.knownExploited)) return 'Act today: attackers use a hole that this server has.';
  if (worst === 'critical' || proven.some((hole) => hole.severity === 'critical'))
    return 'Act today: this server is open to attack.';
  if (worst === 'high' || proven.some((hole) => hole.severity === 'high'))
    return 'There are serious faults to mend this week.';
  if (
    !report.servers.some(({ endpoints }) => endpoints.some(({ state }) => state === 'open')) &&
    report.servers.length > 0
  )
    return report.depth === 'passive'
      ? 'DNS was read; no server was visited.'
      : 'No mail server answered, so little can be said.';
  if (worst === 'medium' || proven.length > 0) return 'There are faults to mend when there is time.';
  return worst === 'low' ? 'In good order, with small things to tidy up.' : 'In good order. Nothing needs mending.';
}

function* sentencesOf(report: Report): Generator<string> {
  const names = new Set<string>();
  for (const { endpoints } of report.servers)
    for (const { identity } of endpoints) {
      const name = productName(identity);
      if (name !== null) names.add(name);
    }
  if (names.size > 0) yield `A stranger sees ${listedUpTo([...names], 3)}.`;
  const groups = groupFindings(report.findings);
  if (groups.length > 0) {
    const counts = severityCounts(groups.map(({ rule }) => rule.severity));
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    const parts = counts.map(({ severity, count }) => `${count} ${SEVERITY_WORDS[severity]}`);
    yield parts.length === 1 && counts[0]!.severity === 'info'
      ? `There ${total === 1 ? 'is' : 'are'} ${counted(total, 'remark')}, and no fault.`
      : `There ${total === 1 ? 'is' : 'are'} ${counted(total, 'finding')}: ${listed(parts)}.`;
  }
  const proven = report.vulnerabilities.filter(({ status }) => status === 'affected');
  const possible = report.vulnerabilities.filter(({ status }) => status === 'possible');
  const used = proven.filter(({ knownExploited }) => knownExploited).length;
  if (proven.length > 0)
    yield `The build proves ${counted(proven.length, 'known hole')}${usedWords(used, proven.length)}.`;
  if (possible.length > 0) {
    const holes = proven.length > 0 ? ['more hole is', 'more holes are'] : ['known hole is', 'known holes are'];
    yield `${counted(possible.length, holes[0]!, holes[1]!)} possible: a setting or a distribution's own fix decides.`;
  }
  if (report.unreached.length > 0)
    yield `${counted(report.unreached.length, 'thing')} could not be looked at; what is there stays unknown.`;
}

function usedWords(used: number, count: number): string {
  if (used === 0) return '';
  return used === count ? ', used by attackers' : `, ${used} of them used by attackers`;
}

function* stepsOf(report: Report): Generator<NextStep> {
  let steps = 0;
  for (const step of candidates(report)) {
    if (++steps > STEPS_MOST) break;
    yield step;
  }
  yield { text: againWords(report, steps), command: `${commandOf(report)} --compare last` };
}

function againWords(report: Report, steps: number): string {
  if (steps > 0) return 'Then look again and compare:';
  if (sawNothing(report)) return 'Mend what keeps it from being seen, and look again:';
  return report.unreached.length > 0 ? 'Look again for what stayed unknown:' : 'Look again next month:';
}

function* candidates(report: Report): Generator<NextStep> {
  const updates = new Map<string, { count: number; used: number; unfixed: number }>();
  for (const hole of sortHoles(report.vulnerabilities)) {
    if (hole.status !== 'affected') continue;
    const update = updates.get(hole.product) ?? { count: 0, used: 0, unfixed: 0 };
    update.count++;
    update.used += hole.knownExploited ? 1 : 0;
    update.unfixed += hole.fixedIn === null ? 1 : 0;
    updates.set(hole.product, update);
  }
  for (const [product, { count, used, unfixed }] of updates) {
    const closes = counted(count, 'proven hole') + usedWords(used, count);
    if (unfixed === 0) yield { text: `Update ${product} to its newest release: that closes ${closes}.` };
    else if (unfixed === count) yield { text: `Replace ${product}: no update mends its ${closes}.` };
    else yield { text: `Replace ${product}: it has ${closes}, and no update mends ${unfixed} of them.` };
  }
  for (const { rule, findings } of groupFindings(report.findings)) {
    if (!atLeast(rule.severity, 'medium')) continue;
    const { text } = remedyFor(rule.remedy, platformsOf(report, findings[0].subject));
    yield { fault: rule.title, text };
  }
}

/** The remedy for the first of `platforms` that has one, else the one for any platform, else the first. */
export function remedyFor(remedies: readonly [Remedy, ...Remedy[]], platforms: readonly string[]): Remedy {
  for (const platform of platforms) {
    const wanted = platform.toLowerCase();
    const match = remedies.find((remedy) => remedy.platform !== '*' && wanted.includes(remedy.platform.toLowerCase()));
    if (match !== undefined) return match;
  }
  return remedies.find(({ platform }) => platform === '*') ?? remedies[0];
}

/** Products that answer under `subject` (an endpoint or server name); for a domain, all of the target's. */
export function platformsOf(report: Report, subject: string): readonly string[] {
  const elsewhere: string[] = [];
  const here: string[] = [];
  for (const { name, addresses, endpoints } of report.servers) {
    const mine = subject.includes(name) || addresses.some((address) => subject.includes(address));
    for (const { identity } of endpoints) {
      const product = productName(identity);
      if (product === null) continue;
      // A web side has a name of its own, and its remedy stands under the product that it belongs to.
      (mine ? here : elsewhere).push(product, ...(identity?.productId == null ? [] : [identity.productId]));
    }
  }
  return here.length > 0 ? here : elsewhere;
}
