/**
 * Counts how many labelled texts are named rightly, wrongly or not at all.
 *
 *     node bench/identify/score.ts FILE… [--verbose]
 */
import { parseArgs } from 'node:util';
import { loadProductNames } from '../../src/knowledge/load-names.ts';
import { identify } from '../../src/platform/identify.ts';
import { judgeProduct, judgeVersion, labelled, type Outcome } from './labels.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { verbose: { type: 'boolean' } } });
const names = loadProductNames();

for (const file of positionals) {
  const tally = { product: newTally(), version: newTally() };
  for await (const label of labelled(file)) {
    const identity = identify([{ kind: label.kind, text: label.text }]);
    const product = judgeProduct(label, identity, names);
    const version = judgeVersion(label, identity);
    tally.product[product]++;
    tally.version[version]++;
    if (values.verbose !== true || (product === 'right' && version === 'right')) continue;
    console.log(`${product}/${version} ${label.id} [${label.kind}] ${JSON.stringify(label.text).slice(0, 160)}`);
    console.log(`    label ${label.vendor} | ${label.product} | ${label.version}`);
    console.log(
      `    ours  ${identity.vendor} | ${identity.product} | ${identity.version} ${identity.versionRange ?? ''}`,
    );
  }
  console.log(`${file}: product ${show(tally.product)}; version ${show(tally.version)}`);
}

function newTally(): Record<Outcome, number> {
  return { right: 0, wrong: 0, unknown: 0 };
}

function show(tally: Record<Outcome, number>): string {
  const all = tally.right + tally.wrong + tally.unknown;
  const share = (count: number) => `${((100 * count) / all).toFixed(1)} %`;
  return `${tally.right}/${all} right (${share(tally.right)}), ${tally.wrong} wrong (${share(tally.wrong)}), ${tally.unknown} unknown`;
}
