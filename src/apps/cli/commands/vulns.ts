import { type Command, Option } from 'commander';
import { atLeast, SEVERITIES, type Severity } from '../../../finding/rule.ts';
import { loadProductNames } from '../../../knowledge/load-names.ts';
import type { HoleKnowledge } from '../../../knowledge/load-vulnerabilities.ts';
import { EXCHANGE_FORMS } from '../../../platform/exchange-build.ts';
import { holesInUse } from '../../../platform/holes-in-use.ts';
import { readProduct } from '../../../platform/product-name.ts';
import { readVersionText } from '../../../platform/version-text.ts';
import { type HoleAnswer, type HoleQuestion, vulnerabilitiesOf } from '../../../platform/vulnerable.ts';
import { paintBox } from '../../../report/paint.ts';
import { newCommand } from '../command.ts';
import { DATA_OPTION } from '../data-folder.ts';
import { answerLines } from '../holes-text.ts';
import { EXIT, type ExitCode, type Io, UsageError, write, writeJson } from '../io.ts';
import { wantsColour } from '../report-output.ts';

interface VulnsOptions {
  readonly package?: string;
  readonly distribution?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly failOn?: Severity;
  readonly data?: string;
}

/** `mailward vulns`. */
export function build(io: Io, done: (code: ExitCode) => void): Command {
  return newCommand(
    'vulns',
    'Lists the known holes of a product and version: open ones first, each with what mends it.',
    [
      ['mailward vulns exchange 2019 CU14 Nov24SU', 'by the name of the update'],
      ['mailward vulns exchange 15.2.1544.13', 'by the build'],
      ['mailward vulns exim 4.96 --package 4.96-15+deb12u8', 'a Debian package: its revision decides'],
      ['mailward vulns postfix 3.7.11 --json', 'for a program'],
    ],
  )
    .argument('<product...>', 'the product and then its version, as you would write them')
    .option('--package <DEBIAN-VERSION>', 'the revision that dpkg shows: Debian mends holes without a new version')
    .option('--distribution <NAME>', 'packaged by a distribution, revision unknown: nothing is more than possible')
    .option('--json', 'print one JSON object')
    .option('--verbose', 'list everything, what is mended too')
    .addOption(
      new Option('--fail-on <SEVERITY>', 'exit with 1 if a proven hole is at or above').choices(SEVERITIES.slice(1)),
    )
    .option(...DATA_OPTION)
    .action(async (words: string[], options: VulnsOptions) => done(await run(words, options, io)));
}

async function run(words: readonly string[], options: VulnsOptions, io: Io): Promise<ExitCode> {
  const knowledge = holesInUse();
  const question = questionOf(words, options, knowledge);
  const today = new Date(io.clock.now()).toISOString().slice(0, 10);
  const answer = vulnerabilitiesOf(question, knowledge, today);
  if (answer.unread !== null) throw new UsageError(`${question.product}: ${answer.unread}`);
  if (options.json) await writeJson(io, toJson(answer));
  else {
    const page = {
      width: Math.max(40, Math.min(io.stdout.columns ?? 80, 120)),
      paint: paintBox(wantsColour(io)),
      verbose: options.verbose === true,
    };
    for (const line of answerLines(answer, titleOf(answer, question), page)) await write(io.stdout, `${line}\n`);
  }
  const threshold = options.failOn;
  const reached =
    threshold !== undefined &&
    answer.vulnerabilities.some(({ status, severity }) => status === 'affected' && atLeast(severity, threshold));
  return reached ? EXIT.found : EXIT.fine;
}

function questionOf(words: readonly string[], options: VulnsOptions, knowledge: HoleKnowledge): HoleQuestion {
  const reading = readProduct(words.join(' '), loadProductNames(), knowledge);
  if (!reading.ok) {
    const hint =
      reading.near.length > 0 ? `did you mean ${reading.near.join(', ')}?` : 'try exchange, postfix, exim, dovecot …';
    throw new UsageError(`no product is known as ${JSON.stringify(words[0])}; ${hint}`);
  }
  const { product, component, rest } = reading.named;
  if (rest === '' && options.package === undefined) {
    const forms =
      product === 'exchange'
        ? EXCHANGE_FORMS
        : 'put it behind the name, as in "exim 4.96", or give --package 4.96-15+deb12u8, as dpkg shows it';
    throw new UsageError(`which version of ${product}? ${forms}`);
  }
  const told = readVersionText(product, rest, knowledge);
  const revision =
    options.package === undefined
      ? told.package
      : (readVersionText(product, options.package, knowledge).package ?? {
          source: null,
          revision: options.package.trim(),
        });
  if (revision !== null && !/^(?:\d+:)?\d[A-Za-z0-9.+~:-]*$/.test(revision.revision)) {
    throw new UsageError(
      `--package takes a version as dpkg-query prints it (4.96-15+deb12u8), not ${JSON.stringify(revision.revision)}`,
    );
  }
  const shown = told.version === null && told.versionRange === null && options.package !== undefined;
  return {
    product,
    component,
    version: shown ? readVersionText(product, options.package, knowledge).version : told.version,
    versionRange: told.versionRange,
    package:
      revision === null ? null : { ...revision, source: component === null ? null : sourceOf(product, component) },
    distribution: options.distribution ?? told.distribution,
    subject: rest === '' ? (revision?.revision ?? '') : rest,
  };
}

/** The Debian source package of a part: Horde's parts have one each. */
function sourceOf(product: string, component: string): string | null {
  return product === 'horde' ? `php-horde-${component}` : component;
}

function titleOf(answer: HoleAnswer, { product, component, version, versionRange }: HoleQuestion): string {
  if (answer.build !== null && 'generation' in answer.build) return answer.build.name;
  const known = loadProductNames().find((name) => name.id === product);
  const name =
    component === null || component === undefined ? (known?.name ?? product) : `${known?.name ?? product} ${component}`;
  const told = answer.build === null ? '' : ` (${answer.build.name})`;
  return `${name} ${version ?? versionRange ?? ''}`.trimEnd() + told;
}

function toJson(answer: HoleAnswer): object {
  const { product, version, build, supportEnded, vulnerabilities, notes } = answer;
  return { schema: 'mailward/vulnerabilities/1', product, version, build, supportEnded, vulnerabilities, notes };
}
