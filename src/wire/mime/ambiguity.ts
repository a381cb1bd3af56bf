/**
 * How much two readings differ. `info`: in form only. `low`: in text that is shown. `medium`: in parts, names or content, so that a scanner
 * and a client may see different files. `high`: the same, in a form that no mail program writes.
 */
export type AmbiguitySeverity = 'info' | 'low' | 'medium' | 'high';

/**
 * A place where two readers of the same bytes could see different messages. Nothing of the kind is settled silently: the reader takes
 * the reading of the usual clients (`AMBIGUITY_RULES[rule].usual`) and says here that there is another.
 */
export interface Ambiguity {
  readonly rule: AmbiguityRule;
  readonly severity: AmbiguitySeverity;
  /** Offset in the bytes that the part's offsets refer to. */
  readonly at: number;
  /** Index of the part it was found in. */
  readonly part: number;
  /** What stands there, shortened, one character a byte. */
  readonly detail: string;
}

/** What a rule means: the fault, and which reading the usual clients choose, where that is known. */
export interface AmbiguityMeaning {
  readonly title: string;
  readonly usual: string;
}

export const AMBIGUITY_RULES = {
  'mime/duplicate-field': {
    title: 'A field that may stand once stands several times.',
    usual: 'Most clients take the first; some take the last.',
  },
  'mime/many-from': {
    title: 'The message names its author twice, or in no way that all clients read alike.',
    usual:
      'The first From is shown by some clients, the last by others; a DMARC check may have used either (RFC 7489 §6.6.1).',
  },
  'mime/blank-before-colon': {
    title: 'A blank stands between a field name and its colon.',
    usual: 'Read as the field by most clients (RFC 5322 §4.5), passed over by others.',
  },
  'mime/hidden-field': {
    title: 'Something that looks like a MIME field stands where only some readers see a field.',
    usual: 'Not read as a field.',
  },
  'mime/no-colon': {
    title: 'A line among the fields is no field.',
    usual: 'Some clients pass over it; others end the header there.',
  },
  'mime/blank-line-in-header': {
    title: 'A line of blanks stands in a header.',
    usual: 'Read as part of the field before it; some readers end the header there.',
  },
  'mime/header-end': {
    title: 'A header ends without an empty line.',
    usual: 'The body begins with the first line that is no field.',
  },
  'mime/bare-cr': {
    title: 'A carriage return stands alone where a line end would change the structure.',
    usual: 'Not a line end (RFC 5322 §2.3); some readers take it for one.',
  },
  'mime/mixed-line-ends': {
    title: 'A header has lines that end in CRLF and lines that end in LF.',
    usual: 'Both end a line.',
  },
  'mime/nul': {
    title: 'A zero byte stands in a header or on a boundary line.',
    usual: 'Readers written in C stop there; others pass over it.',
  },
  'mime/long-line': {
    title: 'A header line is longer than a server has to take.',
    usual: 'Read whole; a server on the way may cut it (RFC 5322 §2.1.1).',
  },
  'mime/content-type-syntax': {
    title: 'Content-Type does not follow the grammar, so its type or parameters can be read in several ways.',
    usual: 'Differs from client to client.',
  },
  'mime/disposition-syntax': {
    title: 'Content-Disposition does not follow the grammar.',
    usual: 'Differs from client to client.',
  },
  'mime/encoding-syntax': {
    title: 'Content-Transfer-Encoding does not follow the grammar.',
    usual: 'Differs from client to client.',
  },
  'mime/encoding-unknown': {
    title: 'The transfer encoding has a name that not all clients know.',
    usual: 'Shown as it stands, or decoded by those who know the name.',
  },
  'mime/encoding-mismatch': {
    title: 'The body looks encoded in another way than its header says.',
    usual: 'Shown as the header says.',
  },
  'mime/container-encoded': {
    title: 'A multipart or an enclosed message is itself transfer-encoded (RFC 2045 §6.4 forbids that).',
    usual: 'Some clients decode and open it; others show an attachment.',
  },
  'mime/boundary-missing': {
    title: 'A multipart has no boundary, or its boundary never comes.',
    usual: 'Shown as text, or empty.',
  },
  'mime/boundary-several': {
    title: 'The boundary can be read as several, and more than one of them occurs.',
    usual: 'The first boundary parameter.',
  },
  'mime/boundary-form': {
    title: 'The boundary is written in a form that clients read differently.',
    usual: 'Differs from client to client.',
  },
  'mime/boundary-prefix': {
    title: 'A line begins like a boundary line and goes on.',
    usual: 'Not a boundary; some readers compare only as far as the boundary reaches.',
  },
  'mime/boundary-blanks': {
    title: 'A boundary line ends in blanks.',
    usual: 'A boundary (RFC 2046 §5.1.1).',
  },
  'mime/boundary-nested': {
    title: 'Two containers, one inside the other, have the same boundary, or one that the other begins with.',
    usual: 'The line belongs to the inner one.',
  },
  'mime/unread-delimiter': {
    title: 'A line looks like a boundary with a part header behind it, but belongs to no boundary that was declared.',
    usual: 'Text.',
  },
  'mime/missing-end': {
    title: 'A multipart has no end line.',
    usual: 'It ends with what contains it.',
  },
  'mime/part-after-end': {
    title: 'Another part follows the end line of a multipart.',
    usual: 'Not shown; some clients show it.',
  },
  'mime/text-after-end': {
    title: 'Text follows the end line of the outermost multipart.',
    usual: 'Not shown; some clients show it, and mailing lists put their notes there.',
  },
  'mime/boundary-in-header': {
    title: 'A boundary line stands inside a header.',
    usual: 'It ends the part whose header it interrupts.',
  },
  'mime/file-name-conflict': {
    title: 'A part has several file names.',
    usual: 'filename* before filename before name; not all clients keep to that.',
  },
  'mime/file-name-form': {
    title: 'A file name is written in a form that clients read differently.',
    usual: 'Differs from client to client.',
  },
  'mime/file-name-separator': {
    title: 'A file name hides a path separator, a control or a direction mark.',
    usual: 'Clients cut or replace them differently.',
  },
  'mime/base64-junk': {
    title: 'Base64 holds characters that are not of its alphabet.',
    usual: 'Passed over (RFC 2045 §6.8); some readers stop, some decode them.',
  },
  'mime/base64-inner-padding': {
    title: 'Base64 goes on behind its padding.',
    usual: 'Some clients stop there, some begin anew, some pass over it.',
  },
  'mime/base64-lines': {
    title: 'A line of base64 ends inside a group.',
    usual: 'The group goes on in the next line; readers that decode line by line see other bytes.',
  },
  'mime/base64-length': {
    title: 'Base64 ends in the middle of a group.',
    usual: 'The bytes that are complete are kept.',
  },
  'mime/quoted-printable-syntax': {
    title: 'Quoted-printable holds an equals sign that escapes nothing.',
    usual: 'The equals sign is kept; some readers drop it.',
  },
  'mime/embedded-file': {
    title: 'Text holds a file in uuencode, yEnc or BinHex.',
    usual: 'Text; older clients show an attachment.',
  },
  'mime/charset': {
    title: 'The charset is unknown, contradicts the bytes or reads plain ASCII as something else.',
    usual: 'Differs from client to client.',
  },
  'mime/partial': {
    title: 'The part is a piece of a message that is sent in several (message/partial).',
    usual: 'Some clients join the pieces, so that no scanner sees the whole.',
  },
  'mime/external-body': {
    title: 'The part refers to content elsewhere (message/external-body).',
    usual: 'Few clients fetch it.',
  },
  'mime/opaque': {
    title: 'The part is encrypted or wrapped so that its content cannot be read here.',
    usual: 'Opened by the recipient who has the key.',
  },
  'mime/limit': {
    title: 'A limit was reached and the rest was not read.',
    usual: 'Clients read on.',
  },
} as const satisfies Record<`mime/${string}`, AmbiguityMeaning>;

export type AmbiguityRule = keyof typeof AMBIGUITY_RULES;

const RANK: Record<AmbiguitySeverity, number> = { info: 0, low: 1, medium: 2, high: 3 };

/** True if `severity` is `floor` or above. */
export function atLeast(severity: AmbiguitySeverity, floor: AmbiguitySeverity): boolean {
  return RANK[severity] >= RANK[floor];
}
