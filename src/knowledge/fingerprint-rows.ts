import type { Fingerprint } from './fingerprint.ts';

/** A name that a product puts into greetings, headers and pages, mostly with its version behind it: one row for all those places. */
export interface Brand {
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

/** A picture that a product ships for the browser's tab. */
export interface Icon {
  /** Of its bytes, in lower case. */
  readonly md5: string;
  readonly product: string;
  readonly as?: string;
  readonly vendor?: string;
  /** Versions that ship it. */
  readonly range?: string;
  /** Where it was found. */
  readonly from: string;
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

/** What a brand row stands for: the name in each place, alone and with a version. */
export function fingerprintsOfBrand(brand: Brand, source: string): Fingerprint[] {
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

/** Log odds of an icon: pages of other products may show it, as a customer puts his own into theirs. */
const ICON_WEIGHT = 6;
const NO_ICON = '00000000000000000000000000000000';

/** The fingerprint of an icon. */
export function fingerprintOfIcon({ md5, from, ...rest }: Icon, source: string): Fingerprint {
  return {
    ...rest,
    id: `${rest.product}/favicon-${md5.slice(0, 8)}`,
    kind: 'http.favicon',
    match: `^${md5}$`,
    weight: ICON_WEIGHT,
    source: `${source}: ${from}`,
    example: md5,
    counterexample: NO_ICON,
  };
}
