import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The folder of corpora, if there is one: tests that need it register only then. */
export const corpora = process.env['MAILWARD_CORPORA'];

/** The records of a corpus file, one JSON object a line. */
export function records<Row>(path: string): Row[] {
  const bytes = readFileSync(join(corpora ?? '', path));
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

/** A message of the corpus: one character a byte. */
export interface RawRecord {
  readonly id: string;
  readonly raw: string;
}

export function bytesOf({ raw }: RawRecord): Buffer {
  return Buffer.from(raw, 'latin1');
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The sums of a text with each kind of line end, and with one more or less at its end: reference data passed through Git and text modes. */
export function sumsOfText(bytes: Buffer): Set<string> {
  const lf = bytes.toString('latin1').replaceAll('\r\n', '\n');
  const crlf = lf.replaceAll('\n', '\r\n');
  const forms = [lf, crlf, `${lf}\n`, `${crlf}\r\n`, lf.replace(/\n$/, ''), crlf.replace(/\r\n$/, '')];
  return new Set([sha256(bytes), ...forms.map((form) => sha256(Buffer.from(form, 'latin1')))]);
}

/** The ids of what does not hold. */
export function differing<Row extends { readonly id: string }>(
  rows: readonly Row[],
  holds: (row: Row) => boolean,
): string[] {
  return rows.filter((row) => !holds(row)).map(({ id }) => id);
}
