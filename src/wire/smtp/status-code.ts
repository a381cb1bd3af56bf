/** An enhanced status code (RFC 3463 §2), taken apart. */
export interface StatusCode {
  /** 2 success, 4 persistent transient failure, 5 permanent failure. */
  readonly class: 2 | 4 | 5;
  readonly subject: number;
  readonly detail: number;
}

const STATUS = /^([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])/;

/** Reads `class.subject.detail` and nothing else; null if the text is anything else. */
export function parseStatusCode(text: string): StatusCode | null {
  const found = STATUS.exec(text);
  if (found === null || found[0].length !== text.length) return null;
  return { class: Number(found[1]) as 2 | 4 | 5, subject: Number(found[2]), detail: Number(found[3]) };
}

/**
 * The status code that stands at the beginning of a reply's text, as RFC 2034 §4 puts it; null if there is none.
 * Its class must be that of the reply code: `220 2.4.1 ready` has one, `220 5.7.19 ready` names a version.
 */
export function leadingStatus(code: number, text: string): string | null {
  const found = STATUS.exec(text);
  if (found === null || found[1] !== String(code)[0]) return null;
  const after = text[found[0].length];
  return after === undefined || after === ' ' || after === '\t' ? found[0] : null;
}
