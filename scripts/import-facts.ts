/**
 * Writes a folder of gathered facts (`exchange-builds.json`, `exchange-vulns.json`, `mta-vulns.json`, `mta-vulns-nvd.json`,
 * `debian-fixes.json`, `eol.json`, `windows-smtp-builds.json`) into `src/knowledge`: one row a line, sorted, one file a product.
 * Usage: node scripts/import-facts.ts DIR. The same facts always give the same files.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exchangeRow, legacyRow } from './import-facts/exchange.ts';
import { amend, compact, curatedRow, debianRow, nvdRow, shortSource } from './import-facts/rows.ts';
import type { Facts } from './import-facts/shapes.ts';

const [from] = process.argv.slice(2);
if (from === undefined) {
  process.stderr.write('usage: node scripts/import-facts.ts DIR\n');
  process.exit(2);
}
const knowledge = join(import.meta.dirname, '..', 'src', 'knowledge');

function read<Name extends keyof Facts>(name: Name): Facts[Name] {
  return JSON.parse(readFileSync(join(from as string, `${name}.json`), 'utf8')) as Facts[Name];
}

/** An object whose arrays of rows stand one row a line. */
function lines(file: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(file).map(([name, value]) => {
    if (!Array.isArray(value)) return `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`;
    return `  ${JSON.stringify(name)}: [\n${value.map((row) => `    ${JSON.stringify(row)}`).join(',\n')}\n  ]`;
  });
  return `{\n${fields.join(',\n')}\n}\n`;
}

function write(folder: string, name: string, file: Readonly<Record<string, unknown>>): void {
  writeFileSync(join(knowledge, folder, `${name}.json`), lines(file));
}

function fresh(folder: string): void {
  rmSync(join(knowledge, folder), { recursive: true, force: true });
  mkdirSync(join(knowledge, folder), { recursive: true });
}

function byProduct<Row extends { readonly product: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) found.set(row.product, [...(found.get(row.product) ?? []), row]);
  return found;
}

/** `CVE-2026-9` before `CVE-2026-10`. */
function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id.localeCompare(b.id, 'en', { numeric: true });
}

const curated = read('mta-vulns');
const nvd = read('mta-vulns-nvd');
const debian = read('debian-fixes');
const builds = read('exchange-builds');
const exchange = read('exchange-vulns');
const support = read('eol');
const windows = read('windows-smtp-builds');

fresh('vulnerabilities');
const curatedOf = byProduct(curated.rows);
const nvdOf = byProduct(nvd.rows);
const debianOf = byProduct(debian.rows);
for (const product of [...new Set([...curatedOf.keys(), ...nvdOf.keys(), ...debianOf.keys()])].sort()) {
  const rows = [...(curatedOf.get(product) ?? []).map(curatedRow), ...(nvdOf.get(product) ?? []).map(nvdRow)];
  const fixes = (debianOf.get(product) ?? []).map(debianRow).sort(byId);
  const sources = [...new Set(fixes.map((fix) => fix.source))];
  write('vulnerabilities', product, {
    product,
    asOf: curated.asOf,
    rows: rows.map((row) => amend(product, row)).sort(byId),
    debian: fixes,
    debianCurrent: Object.fromEntries(
      Object.entries(debian.currentVersions).filter(([source]) => sources.includes(source) || source === product),
    ),
  });
}
write('vulnerabilities', 'exchange', {
  product: 'exchange',
  asOf: exchange.asOf,
  rows: [...exchange.rows.map(exchangeRow), ...exchange.legacy.map((row) => legacyRow(row, builds.rows))]
    .map((row) => amend('exchange', row))
    .sort(byId),
});

write('products', 'exchange-builds', {
  asOf: builds.asOf,
  sources: builds.sourceKeys,
  rows: builds.rows.map(({ product: _, superseded: __, ...row }) =>
    compact({ ...row, buildLong: undefined, newestInLine: undefined, newestInGeneration: undefined }),
  ),
});
write('products', 'windows-smtp-builds', {
  note: windows.note,
  exchangeOnWindows: windows.exchangeOnWindows,
  rows: windows.rows,
});

fresh('products/support');
for (const [product, rows] of byProduct(support.rows)) {
  write('products/support', product, {
    product,
    asOf: support.asOf,
    rows: rows.map(({ product: _, ...row }) => compact({ ...row, source: shortSource(row.source, '') })),
  });
}
