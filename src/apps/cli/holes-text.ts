import type { Vulnerability } from '../../finding/vulnerability.ts';
import { SINCE_UNKNOWN } from '../../platform/support-ended.ts';
import type { BuildTold, HoleAnswer } from '../../platform/vulnerable.ts';
import { columnsOf, padded, wrapped } from '../../report/columns.ts';
import { visible } from '../../report/escape.ts';
import { heading, indented, type Page } from '../../report/text/page.ts';
import { counted, listed, reachWords, timeWords } from '../../report/words.ts';

/** Holes of one group that are listed without `--verbose`. */
const LISTED_MOST = 12;

/** The answer of `mailward vulns` for a person. `title` is the product and version as they were understood. */
export function* answerLines(answer: HoleAnswer, title: string, page: Page): Generator<string> {
  const { paint, width } = page;
  yield paint.strong(visible(title, 200));
  for (const line of factsOf(answer)) yield* wrapped(visible(line, 600), width).map(paint.quiet);
  const open = answer.vulnerabilities.filter((hole) => hole.status !== 'not-affected');
  const mended = answer.vulnerabilities.filter((hole) => hole.status === 'not-affected');
  const used = open.filter((hole) => hole.knownExploited);
  const proven = open.filter((hole) => !hole.knownExploited && hole.status === 'affected');
  const possible = open.filter((hole) => !hole.knownExploited && hole.status === 'possible');
  yield* group('Used by attackers', 'mend these first', used, page);
  yield* group('Proven by the version', '', proven, page);
  yield* group('Possible', 'a setting, a patch level or a backport decides', possible, page);
  if (page.verbose) yield* group('Mended', 'a fix says so', mended, page);
  yield '';
  const counts = [
    ...(used.length > 0 ? [`${counted(used.length, 'hole')} used by attackers`] : []),
    ...(proven.length > 0 ? [`${proven.length} proven`] : []),
    ...(possible.length > 0 ? [`${possible.length} possible`] : []),
    ...(mended.length > 0 ? [`${mended.length} mended`] : []),
  ];
  if (answer.vulnerabilities.length === 0) yield 'Nothing known is about this version.';
  else if (open.length === 0)
    yield paint.good(`No known hole is open${mended.length > 0 ? `; ${amount(mended.length)} mended` : ''}.`);
  else yield `${listed(counts)}.`;
  for (const note of answer.notes) yield* wrapped(visible(note, 600), width).map(paint.quiet);
}

function amount(count: number): string {
  return count === 1 ? '1 is' : `${count} are`;
}

function factsOf({ build, supportEnded }: HoleAnswer): string[] {
  const facts = build === null ? [] : buildFacts(build);
  if (supportEnded === SINCE_UNKNOWN) facts.push('Support has ended.');
  else if (supportEnded !== null) facts.push(`Support ended on ${timeWords(`${supportEnded}T00:00`).split(',')[0]}.`);
  return facts;
}

function buildFacts(build: BuildTold): string[] {
  if ('revision' in build) {
    if (build.newest === null || build.newest === build.revision) return [];
    return [`The newest revision of Debian 12 is ${build.newest}.`];
  }
  const parts = [
    build.build === '' ? [] : [`build ${build.build}`],
    build.released === null ? [] : [`released ${build.released}`],
    build.kb === null ? [] : [build.kb],
  ].flat();
  const newest =
    build.newestInLine === null || build.newestInLine === build.build
      ? build.newestInGeneration
      : `${build.newestInLine}${build.newestInGeneration === build.newestInLine ? '' : ` of this level, ${build.newestInGeneration} of all`}`;
  const facts = [parts.join(' · ')].filter((line) => line !== '');
  if (newest !== null && newest !== build.build) facts.push(`The newest build is ${newest}.`);
  return facts;
}

function* group(title: string, remark: string, holes: readonly Vulnerability[], page: Page): Generator<string> {
  if (holes.length === 0) return;
  yield* heading(title, remark, page);
  const shown = page.verbose ? holes : holes.slice(0, LISTED_MOST);
  const columns = { id: 0, severity: 0, reach: 0 };
  for (const hole of shown) {
    columns.id = Math.max(columns.id, Math.min(16, columnsOf(visible(hole.id, 60))));
    columns.severity = Math.max(columns.severity, columnsOf(severityWords(hole)));
    columns.reach = Math.max(columns.reach, columnsOf(reachWords(hole)));
  }
  for (const hole of shown) yield* oneHole(hole, columns, page);
  if (shown.length < holes.length) {
    yield `  ${page.paint.quiet(`and ${holes.length - shown.length} more: ${shortList(holes.slice(shown.length), page.width)}`)}`;
  }
}

interface Columns {
  readonly id: number;
  readonly severity: number;
  readonly reach: number;
}

function* oneHole(hole: Vulnerability, columns: Columns, { paint, width, verbose }: Page): Generator<string> {
  const id = visible(hole.id, 60);
  const long = columnsOf(id) > columns.id;
  if (long) yield `  ${paint.strong(id)}`;
  const first = long ? ' '.repeat(columns.id) : paint.strong(padded(id, columns.id));
  const severity = paint.severity(hole.severity, padded(severityWords(hole), columns.severity));
  const fix = hole.fixedIn === null ? '' : `mended in ${visible(hole.fixedIn, 60)}`;
  const likely =
    hole.epss === undefined ? '' : `  ${(hole.epss * 100).toFixed(hole.epss < 0.1 ? 1 : 0)} % likely within 30 days`;
  const indent = columns.id + 4;
  const facts = `${padded(reachWords(hole), columns.reach)}  ${fix}${likely}`.trimEnd();
  yield `  ${first}  ${severity}  ${facts}`.trimEnd();
  if (hole.gain !== null) yield* indented(wrapped(visible(hole.gain, 300), width - indent), indent);
  // Of what the version proves, the reason is the version and the fix, which stand there already.
  if (hole.status === 'affected' && hole.fixedIn !== null && !verbose) return;
  yield* indented(wrapped(visible(hole.because, 700), width - indent).map(paint.quiet), indent);
}

function severityWords(hole: Vulnerability): string {
  return hole.cvss === null ? hole.severity : `${hole.severity} ${hole.cvss.toFixed(1)}`;
}

/** As many ids as fit into one line. */
function shortList(holes: readonly Vulnerability[], width: number): string {
  const ids = holes.map((hole) => visible(hole.id, 60));
  const room = Math.max(1, Math.floor((width - 20) / 16));
  return ids.length <= room ? ids.join(' ') : `${ids.slice(0, room).join(' ')} … (--verbose)`;
}
