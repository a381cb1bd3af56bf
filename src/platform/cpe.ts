/** CPE 2.3 name of an application; `pair` is `vendor:product`, an unknown version is `*` (NISTIR 7695 §6.2). */
export function cpeOf(pair: string, version: string | null): string {
  return `cpe:2.3:a:${pair}:${version === null ? '*' : quote(version.toLowerCase())}:*:*:*:*:*:*:*`;
}

/** Quotes what is not a letter, digit, full stop, hyphen or underscore; blanks become underscores. */
function quote(value: string): string {
  return value.replace(/\s+/g, '_').replace(/[^A-Za-z0-9._-]/g, (char) => `\\${char}`);
}
