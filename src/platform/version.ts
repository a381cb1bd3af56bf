/** A version as numbers that compare one by one; a missing one is 0. Pre-releases hold negative numbers. */
export type VersionKey = readonly number[];

/** Longest version text that is read; more is no version. */
const TEXT_MAX = 80;
/** Numbers of a version that are compared. */
const PARTS_MAX = 12;
/** Digits of one number that are read. */
const DIGITS_MAX = 15;

/** Words for what comes before a release, latest last. */
const BEFORE_RELEASE: ReadonlyMap<string, number> = new Map([
  ['dev', -6],
  ['git', -6],
  ['cvs', -6],
  ['svn', -6],
  ['snapshot', -6],
  ['nightly', -6],
  ['test', -5],
  ['alpha', -4],
  ['beta', -3],
  ['pre', -2],
  ['preview', -2],
  ['rc', -1],
]);

/** Words that only announce the number after them: a patch, fix pack, service pack, hot patch, interim fix, build. */
const ANNOUNCERS = new Set(
  'p pl patch patchlevel fp sp hp cf if hf ftf ir mr ru rollup update build rev revision r v version release base gpl ga'.split(
    ' ',
  ),
);

/** What a product's own way of writing versions needs before the common reading. */
const NOTATIONS: Readonly<Record<string, (text: string) => string>> = {
  // "9.0.0_GA_4273 P41", "8.8.15 Patch 30 Update 1": the number after GA is a build, not an order.
  zimbra: (text) => text.replace(/[_. -]ga[_. -]?\d*/, ' '),
  // The portable release "6.6.2p1" has the fixes of 6.6.2.
  opensmtpd: (text) => text.replace(/p\d+\b.*$/, ''),
  // "R5.0.2a", "Release 9.0.1FP6", "9.0.1 FP3 IF2".
  domino: (text) => text.replace(/^r(?=\d)/, ''),
  // "7.03 HP2" and "8.02" are 7.0.3 and 8.0.2; 2012 and 2014 came as 12 and 14.
  groupwise: (text) => text.replace(/^(\d)\.(\d)(\d)(?=\D|$)/, '$1.$2.$3').replace(/^20(?=1[24]\b)/, ''),
  // "2006.22" tells itself as 9.22; 10 came after it.
  imail: (text) => text.replace(/^2006\b/, '9'),
  // "38k4" is 38.4.
  surgemail: (text) => text.replace(/^(\d+)k(\d)/, '$1.$2'),
  // Betas and candidates of CommuniGate are "4.0b4" and "4.3c1".
  communigate: (text) => text.replace(/[_ ]?b(?=\d)/, 'beta').replace(/[_ ]?c(?=\d)/, 'rc'),
  mailman2: (text) => text.replace(/(\d)b(?=\d)/, '$1beta'),
  // "Build 9511" of SmarterMail is 100.0.9511 (only the last part counts there).
  smartermail: (text) => text.replace(/^(?:build )?(\d{4,5})$/, '100.0.$1'),
  // "3.11-20260101" is on the way to 3.11; "20010228" was on the way to 1.1.
  postfix: (text) =>
    text
      .replace(/^(?:snapshot-)?((?:19|20)\d\d)-?(\d\d)-?(\d\d)/, '0.$1$2$3')
      .replace(/-(20\d{6})/, '-dev$1')
      .replace(/-nonprod/, ''),
};

/** Reads a version; null if the text names none. Accepts what banners and people put around it. Never throws. */
export function readVersion(product: string, text: string): VersionKey | null {
  if (text.length > TEXT_MAX) return null;
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/^[a-z][a-z /_-]*(?=\d)/, (word) => (word.trim() === 'r' ? word : ''));
  const cut = plain.split(/[/(#+,;]/, 1)[0]?.trim() ?? '';
  const noted = NOTATIONS[product]?.(cut) ?? cut;
  if (!/^\D{0,2}\d/.test(noted)) return null;
  const key: number[] = [];
  for (const [token] of noted.matchAll(/\d+|[a-z]+/g)) {
    if (key.length >= PARTS_MAX) break;
    if (/^\d/.test(token)) {
      if (token.length > DIGITS_MAX) return null;
      key.push(Number(token));
    } else if (BEFORE_RELEASE.has(token)) key.push(BEFORE_RELEASE.get(token) as number);
    else if (token.length <= 2 && !ANNOUNCERS.has(token)) key.push(letters(token));
  }
  return key.length === 0 ? null : key;
}

/** Letters after a number count up: a is 1, z is 26, aa is 27. */
function letters(token: string): number {
  let value = 0;
  for (const letter of token) value = value * 26 + (letter.charCodeAt(0) - 96);
  return value;
}

/** Orders two versions that were read. */
export function compareKeys(a: VersionKey, b: VersionKey): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Orders two versions of a product by its own rules; what is no version comes first. */
export function compareVersions(product: string, a: string, b: string): number {
  return compareKeys(readVersion(product, a) ?? [-1e9], readVersion(product, b) ?? [-1e9]);
}
