/** Octet strings read of one answer. */
const STRINGS_MAX = 200;
const OCTET_STRING = 0x04;
const SET = 0x31;
const SEQUENCE = 0x30;
/** Longest string written with one octet of length (X.690 §8.1.3.4); what an LDAP root says of its server is shorter. */
const SHORT_MAX = 127;

/**
 * `attribute: value` for each value in an LDAP search result (RFC 4511 §4.5.2), as far as its octets are there: captures of such answers are mostly cut.
 *
 * One character is one octet. A string with an attribute's name is followed by the set of its values; what follows none is left out.
 */
export function ldapLines(text: string): string[] {
  const lines: string[] = [];
  let attribute: string | null = null;
  for (let at = 0; at + 1 < text.length && lines.length < STRINGS_MAX; at++) {
    const code = text.charCodeAt(at);
    if (code === SEQUENCE) attribute = null;
    if (code !== OCTET_STRING) continue;
    const length = text.charCodeAt(at + 1);
    const end = at + 2 + length;
    if (length === 0 || length > SHORT_MAX || end > text.length) continue;
    const value = text.slice(at + 2, end);
    if (text.charCodeAt(end) === SET) attribute = value.toLowerCase();
    else if (attribute !== null) lines.push(`${attribute}: ${value}`);
    at = end - 1;
  }
  return lines;
}
