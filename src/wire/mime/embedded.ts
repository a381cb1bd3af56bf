import { BINHEX_HEAD, readBinhex } from './binhex.ts';
import { lineThatStarts } from './decode.ts';
import { type EmbeddedFile, readUuencode } from './uuencode.ts';
import { readYenc } from './yenc.ts';

export type { EmbeddedFile } from './uuencode.ts';

/** So many files of one text are unpacked, and so many lines that only look like the head of one are tried. */
const FILES_MAX = 200;
const ATTEMPTS_MAX = 2_000;

/** Files in uuencode, yEnc or BinHex 4.0 inside a text, in order. `most` bounds what each unpacks to. The time is linear in the text. */
export function embeddedFiles(text: Buffer, most: number): EmbeddedFile[] {
  const out: EmbeddedFile[] = [];
  const readers: readonly [string, (from: number) => EmbeddedFile | null][] = [
    ['begin ', (from) => readUuencode(text, from)],
    ['=ybegin ', (from) => readYenc(text, from)],
  ];
  for (const [head, read] of readers) {
    let at = lineThatStarts(text, head);
    for (let tries = 0; at !== -1 && tries < ATTEMPTS_MAX && out.length < FILES_MAX; tries++) {
      const file = read(at);
      if (file !== null) out.push(file);
      at = lineThatStarts(text, head, Math.max(file?.end ?? 0, at + 1));
    }
  }
  const binhex = text.indexOf(BINHEX_HEAD, 0, 'latin1');
  const file = binhex === -1 ? null : readBinhex(text, text.lastIndexOf(0x0a, binhex) + 1, most);
  if (file !== null && file.bytes.length > 0) out.push(file);
  return out.sort((a, b) => a.start - b.start);
}
