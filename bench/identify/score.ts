/**
 * Counts how many labelled texts are named rightly, wrongly or not at all; first as the labels stand, then without those of `disputed.ts`.
 *
 *     node bench/identify/score.ts FILE… [--verbose]
 */
import { parseArgs } from 'node:util';
import { loadProductNames } from '../../src/knowledge/load-names.ts';
import { identify } from '../../src/platform/identify.ts';
import { disputed } from './disputed.ts';
import { judgeProduct, judgeVersion, labelled, type Outcome } from './labels.ts';
import { count, newTally, show } from './tally.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { verbose: { type: 'boolean' } } });
const names = loadProductNames();

for (const file of positionals) {
  const tally = { product: newTally(), version: newTally() };
  const fair = { product: newTally(), version: newTally() };
  for await (const label of labelled(file)) {
    const identity = identify([{ kind: label.kind, text: label.text }]);
    const outcomes: Record<'product' | 'version', Outcome> = {
      product: judgeProduct(label, identity, names),
      version: judgeVersion(label, identity),
    };
    for (const what of ['product', 'version'] as const) {
      count(tally[what], outcomes[what]);
      if (outcomes[what] === 'right' || disputed(label, what) === undefined) count(fair[what], outcomes[what]);
    }
    if (values.verbose !== true || (outcomes.product === 'right' && outcomes.version === 'right')) continue;
    console.log(
      `${outcomes.product}/${outcomes.version} ${label.id} [${label.kind}] ${JSON.stringify(label.text).slice(0, 160)}`,
    );
    console.log(`    label ${label.vendor} | ${label.product} | ${label.version}`);
    console.log(
      `    ours  ${identity.vendor} | ${identity.product} | ${identity.version} ${identity.versionRange ?? ''}`,
    );
    for (const what of ['product', 'version'] as const) {
      const why = disputed(label, what);
      if (why !== undefined) console.log(`    disputed: ${why}`);
    }
  }
  console.log(file);
  console.log(`  as labelled:        product ${show(tally.product)}; version ${show(tally.version)}`);
  console.log(`  without disputed:   product ${show(fair.product)}; version ${show(fair.version)}`);
}
