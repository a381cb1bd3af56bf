import { readdirSync, readFileSync } from 'node:fs';

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

/** A name that a product puts into greetings, headers and pages, mostly with its version behind it: one row for all those places. */
interface Brand {
  readonly product: string;
  readonly name: string;
  /** What may stand between the name and the version, in the pattern language. */
  readonly suffix?: string;
  /** Class of the version; default `version`. Null if the name never has one. */
  readonly class?: string | null;
  readonly as?: string;
  /** Whose brand it was, where another vendor has it now. */
  readonly vendor?: string;
  readonly os?: string;
  /** Kinds in which the name is looked for, where elsewhere it would be another's. */
  readonly kinds?: readonly string[];
  readonly source?: string;
  readonly example: string;
  readonly gives?: Readonly<Record<string, string>>;
  readonly counterexample?: string;
}

/** A file of fingerprints; `product` and `source` stand for every row that has none of its own. */
interface FingerprintFile {
  readonly product?: string;
  readonly source?: string;
  readonly fingerprints?: readonly (Omit<Fingerprint, 'product' | 'source'> & Partial<Fingerprint>)[];
  readonly brands?: readonly Brand[];
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
    ];
  });
}

/** Where a server says its own name. */
const BRAND_KINDS = [
  'smtp.banner',
  'smtp.ehlo',
  'smtp.help',
  'smtp.quit',
  'imap.banner',
  'pop.banner',
  'nntp.banner',
  'http.server',
  'http.title',
  'ldap.result',
  'certificate',
];
const MAILER_FIELDS = ['x-mailer', 'user-agent', 'x-mailserver', 'x-mail-server', 'x-sender-software'];
/** Behind a name in a Received field; ` [` would make it the name of a host. */
const HOP_CLOSE = '{)|,|/|;| <w:name>}';
/** Log odds of a name alone, and of a name with its version. */
const NAME_WEIGHT = 6;
const VERSION_WEIGHT = 7;

function fingerprintsOfBrand(brand: Brand, source: string): Fingerprint[] {
  const { product, name, suffix = '', class: kind = 'version' } = brand;
  const id = `${product}/${name
    .toLowerCase()
    .replace(/[^a-z0-9 ]+/g, '_')
    .replaceAll(' ', '-')}`;
  const plain = name.replace(/\\/g, '');
  const shared = {
    product,
    incidental: true,
    source: brand.source ?? source,
    ...(brand.as === undefined ? {} : { as: brand.as }),
    ...(brand.vendor === undefined ? {} : { vendor: brand.vendor }),
    ...(brand.os === undefined ? {} : { os: brand.os }),
  };
  const named = { ...shared, weight: NAME_WEIGHT, counterexample: brand.counterexample ?? `${plain}xyz ready` };
  const placed = [
    { id, kind: brand.kinds ?? BRAND_KINDS, open: '', close: '', lead: '' },
    { id: `${id}-mailer`, kind: 'header', field: MAILER_FIELDS, open: '', close: '', lead: '' },
    { id: `${id}-received`, kind: 'header', field: 'received', open: '(', close: HOP_CLOSE, lead: 'from a by b ' },
  ];
  const sought = brand.kinds === undefined ? placed : placed.slice(0, 1);
  return sought.flatMap(({ id, open, close, lead, ...place }, index) => {
    const text = index === 0 ? brand.example : `${lead}${open}${plain} 1.2.3)`;
    const bare = { ...named, ...place, id, match: `${open}${name}${close}`, example: text };
    if (kind === null) return [bare];
    const gives = index > 0 ? { version: '1.2.3' } : brand.gives;
    const full = {
      ...shared,
      ...place,
      id: `${id}-version`,
      match: `${open}${name}${suffix}~<version:${kind}>`,
      weight: VERSION_WEIGHT,
      example: gives === undefined ? `mx.example.org ESMTP ${plain} 1.2.3` : text,
      gives: gives ?? { version: '1.2.3' },
      counterexample: `${lead}${open}${plain} ready`,
    };
    return [bare, full];
  });
}
