import { readFileSync } from 'node:fs';

/** A product mailward knows by name: one row of `products/names.json`. */
export interface ProductName {
  /** The word used everywhere: in fingerprints, vulnerabilities and `mailward vulns`. */
  readonly id: string;
  readonly name: string;
  readonly vendor: string | null;
  /** Further names that people and old versions use, in lower case. */
  readonly aliases?: readonly string[];
  /** `vendor:product` of its CPE name. */
  readonly cpe?: string;
  /** The only system it runs on. */
  readonly os?: string;
  /** Products that are parts of it and may speak for it: Zimbra answers through its Postfix. */
  readonly contains?: readonly string[];
  /** A program that reads and writes mail for a person: it tells of the sender, not of a server. */
  readonly client?: boolean;
}

/** Reads the list of product names. */
export function loadProductNames(): readonly ProductName[] {
  const text = readFileSync(new URL('./products/names.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly products: readonly ProductName[] }).products;
}
