import { z } from 'zod';
import type { Rate, RatePair } from '../../../edge/controls.ts';
import { count } from '../units.ts';

/** A burst, and so many a minute in the long run. */
export const rate = (standard: Rate) =>
  z
    .strictObject({
      burst: count.default(standard.burst),
      perMinute: z.number().positive().default(standard.perMinute),
    })
    .prefault({});

/** A rate for whoever is new, and one for who is known. */
export const ratePair = (standard: RatePair) =>
  z.strictObject({ fresh: rate(standard.fresh), known: rate(standard.known) }).prefault({});
