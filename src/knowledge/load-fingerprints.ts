import { readdirSync, readFileSync } from 'node:fs';
import type { Fingerprint } from './fingerprint.ts';
import { type Brand, fingerprintOfIcon, fingerprintsOfBrand, type Icon } from './fingerprint-rows.ts';

/** A file of fingerprints; `product` and `source` stand for every row that has none of its own. */
interface FingerprintFile {
  readonly product?: string;
  readonly source?: string;
  readonly fingerprints?: readonly (Omit<Fingerprint, 'product' | 'source'> & Partial<Fingerprint>)[];
  readonly brands?: readonly Brand[];
  readonly icons?: readonly Icon[];
}

/** Reads every fingerprint, in the order of file names and rows. */
export function loadFingerprints(): readonly Fingerprint[] {
  const folder = new URL('./fingerprints/', import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().flatMap((name) => {
    const file = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as FingerprintFile;
    const rows = file.fingerprints ?? [];
    return [
      ...rows.map((row) => ({ product: file.product ?? null, source: file.source ?? '', ...row })),
      ...(file.brands ?? []).flatMap((brand) => fingerprintsOfBrand(brand, file.source ?? '')),
      ...(file.icons ?? []).map((icon) => fingerprintOfIcon(icon, file.source ?? '')),
    ];
  });
}
