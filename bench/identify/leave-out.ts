/**
 * Forecasts how texts of unseen forms will be named: the texts of each form are judged without the fingerprints that no other form shows.
 *
 *     node bench/identify/leave-out.ts FILE… [--verbose]
 *
 * Two forecasts, as the truth lies between them. "Nothing known": those fingerprints are gone, as if nobody had heard of the product.
 * "Names known": in their place stand the product's names as the list has them, with a version behind any common word, and no other words.
 * Icons read from the repositories of the products are kept, as they were not learnt from a text; those seen on pages are hidden.
 * Texts without a form (received lines) are left out: which of them are alike nobody has said.
 */
import { parseArgs } from 'node:util';
import type { Fingerprint } from '../../src/knowledge/fingerprint.ts';
import { fingerprintsOfBrand } from '../../src/knowledge/fingerprint-rows.ts';
import { loadFingerprints } from '../../src/knowledge/load-fingerprints.ts';
import { loadProductNames, type ProductName } from '../../src/knowledge/load-names.ts';
import { indexFingerprints } from '../../src/platform/fingerprint-index.ts';
import { createIdentifier } from '../../src/platform/identify.ts';
import { compilePattern } from '../../src/platform/pattern.ts';
import { seenLines } from '../../src/platform/seen-line.ts';
import { disputed } from './disputed.ts';
import { GENERIC, judgeProduct, judgeVersion, type Labelled, labelled } from './labels.ts';
import { count, newTally, show } from './tally.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { verbose: { type: 'boolean' } } });
const fingerprints = loadFingerprints();
const names = loadProductNames();
const index = indexFingerprints(fingerprints);

const forms = new Map<string, Labelled[]>();
for (const file of positionals) {
  for await (const label of labelled(file)) {
    if (label.form === null) continue;
    const key = `${label.kind} ${label.form}`;
    const known = forms.get(key);
    if (known === undefined) forms.set(key, [label]);
    else known.push(label);
  }
}

const fromRepository = new Set(
  fingerprints
    .filter(({ kind, source }) => kind === 'http.favicon' && !source.endsWith('seen on live pages'))
    .map(({ id }) => id),
);

/** In how many forms each fingerprint holds. */
const shown = new Map<string, number>();
const held = new Map<string, ReadonlySet<string>>();
for (const [form, labels] of forms) {
  const ids = new Set(
    labels
      .flatMap(({ kind, text }) => seenLines({ kind, text }).flatMap((line) => index.claims(line)))
      .map(({ fingerprint }) => fingerprint.id),
  );
  held.set(form, ids);
  for (const id of ids) shown.set(id, (shown.get(id) ?? 0) + 1);
}

const nothing = { product: newTally(), version: newTally() };
const named = { product: newTally(), version: newTally() };
for (const [form, labels] of forms) {
  const hidden = new Set([...(held.get(form) ?? [])].filter((id) => shown.get(id) === 1 && !fromRepository.has(id)));
  const rest = fingerprints.filter(({ id }) => !hidden.has(id));
  const products = new Set(fingerprints.filter(({ id }) => hidden.has(id)).map(({ product }) => product));
  const plain = names.filter(({ id }) => products.has(id)).flatMap(plainNames);
  judge(form, labels, rest, nothing, false);
  judge(form, labels, [...rest, ...plain], named, values.verbose === true);
}
console.log(`${forms.size} forms`);
console.log(`  nothing known: product ${show(nothing.product)}; version ${show(nothing.version)}`);
console.log(`  names known:   product ${show(named.product)}; version ${show(named.version)}`);

function judge(
  form: string,
  labels: readonly Labelled[],
  known: readonly Fingerprint[],
  tally: typeof nothing,
  tells: boolean,
): void {
  const identifier = createIdentifier({ fingerprints: known, names });
  for (const label of labels) {
    const identity = identifier.identify([{ kind: label.kind, text: label.text }]);
    const product = judgeProduct(label, identity, names);
    const version = judgeVersion(label, identity);
    if (disputed(label, 'product') === undefined) count(tally.product, product);
    if (disputed(label, 'version') === undefined) count(tally.version, version);
    if (!tells || (product === 'right' && version === 'right')) continue;
    console.log(
      `${product}/${version} ${form}: ${label.text.slice(0, 100)} -> ${identity.product} ${identity.version}`,
    );
  }
}

/** A product's names as the list has them; names that are made of everyday words only are nothing to go by. */
function plainNames({ id, name, aliases = [] }: ProductName): Fingerprint[] {
  return [...new Set([name, ...aliases])].flatMap((one) => {
    const words = one.toLowerCase().split(/[^a-z0-9]+/);
    if (words.every((word) => word.length < 3 || GENERIC.has(word))) return [];
    const pattern = one.replace(/[\\<…{|}$~^]/g, '\\$&');
    return fingerprintsOfBrand({ product: id, name: pattern, example: '' }, 'the list of names')
      .map((fingerprint) => ({ ...fingerprint, id: `${fingerprint.id}-plain` }))
      .filter(({ match }) => compiles(match ?? ''));
  });
}

function compiles(match: string): boolean {
  try {
    compilePattern(match);
    return true;
  } catch {
    return false;
  }
}
