import { z } from 'zod';
import { bytes, count } from '../units.ts';

/** Bytes after which the log is begun anew, and old files that are kept. */
const ROTATE_AT = 100 * 1_048_576;
const KEEP = 10;

/** The log: a file, or a file and when it is rotated. */
export const log = z
  .preprocess(
    (given) => (typeof given === 'string' ? { file: given } : given),
    z.strictObject({
      file: z.string().min(1).optional().describe('The file; `log/edge.ndjson` in `data` unless said otherwise.'),
      rotateAt: bytes.default(ROTATE_AT).describe('The size at which the file is renamed to `….1` and begun anew.'),
      keep: count.max(1_000).default(KEEP).describe('Old files that are kept.'),
    }),
  )
  .prefault({})
  .describe('The log, one JSON object a line. A path alone may be given.');

export interface LogSettings {
  readonly file?: string | undefined;
  readonly rotateAt: number;
  readonly keep: number;
}
