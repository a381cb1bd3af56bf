import { z } from 'zod';
import { DEFAULT_PRESSURE as D, type PressureBound } from '../../../../edge/pressure.ts';
import { duration, share } from '../units.ts';

const bound = (kind: z.ZodType<number>, standard: PressureBound, why: string) =>
  z
    .strictObject({ high: kind.default(standard.high), full: kind.default(standard.full) })
    .refine(({ high, full }) => high <= full, { error: 'no more than full', path: ['high'] })
    .prefault({})
    .describe(why);

/** From where on strangers are sent away (`high`), and from where on everybody is who is not exempt (`full`). */
export const pressure = z
  .strictObject({
    loopDelay: bound(
      duration,
      D.loopDelay,
      'How late the event loop comes round, on average over a second, three seconds in a row.',
    ),
    heap: bound(share, D.heap, 'The part of the heap that is used.'),
    buffers: bound(share, D.buffers, 'The part of `limits.memory` that messages in hand take.'),
    places: bound(share, D.places, 'The part of `limits.sessions` that is taken.'),
    upstream: bound(
      duration,
      D.upstream,
      'How long the upstream takes for a message; the median of the last half minute.',
    ),
    disk: bound(share, D.disk, 'The part of the disk under `data` that is used. A disk with 5 GiB left is never full.'),
  })
  .prefault({})
  .describe(
    'When the gateway begins to send peers away, strangers first. A level is left only after five calm seconds.',
  );
