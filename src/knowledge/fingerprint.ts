/** One form of words (or of behaviour) that gives a product away, as `fingerprints/*.json` holds it. */
export interface Fingerprint {
  /** `product/what`. Unique. */
  readonly id: string;
  /** Where it is seen: a sighting kind of `platform/sighting.ts`, or several. */
  readonly kind: string | readonly string[];
  /** For `header` and `http.header`: the field name in lower case, or several. */
  readonly field?: string | readonly string[];
  /** The reply code it comes with, where that matters. */
  readonly code?: string;
  /** The words, in the language of `platform/pattern.ts`. Exactly one of `match` and `order` is there. */
  readonly match?: string;
  /** EHLO keywords in the product's own order; a server that offers a subset in this order fits. */
  readonly order?: readonly string[];
  /** With `order`: keywords that must be offered. */
  readonly needs?: readonly string[];
  /** Product id of `products/names.json`; null if the words tell the system only. */
  readonly product: string | null;
  /** The brand the words use, where it is not the product's own name: `Lotus Domino`. */
  readonly as?: string;
  /** The vendor of that brand, where the product is another's now. */
  readonly vendor?: string;
  /** Template of the version over the captures; default `<version>` if there is such a capture. */
  readonly version?: string;
  /** What the words tell about the version where they do not name it: `>=3.7`. */
  readonly range?: string;
  /** Id of another fingerprint that must hold too before `range` counts. */
  readonly with?: string;
  /** Template of the operating system. */
  readonly os?: string;
  /** Template of the distribution's package revision. */
  readonly package?: string;
  /** True for a name that may or may not be there: that it is missing says nothing against the product. */
  readonly incidental?: boolean;
  /** Log odds (natural) that the words add for this product. */
  readonly weight: number;
  readonly source: string;
  /** A text that must match, with the captures that must come out. */
  readonly example: string;
  readonly gives?: Readonly<Record<string, string>>;
  /** A text that looks alike and must not match. */
  readonly counterexample: string;
}
