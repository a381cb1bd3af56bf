import { z } from 'zod';
import type { ClassRates, Rate } from '../../../../edge/controls.ts';
import { count } from '../units.ts';

/** A burst, and so many a minute in the long run. */
export const rate = (standard: Rate) =>
  z
    .strictObject({
      burst: count.default(standard.burst),
      perMinute: z.number().positive().default(standard.perMinute),
    })
    .prefault({});

/** A rate for whoever is new, one for who is known, and one for suspects. */
export const classRates = (standard: ClassRates) =>
  z
    .strictObject({ fresh: rate(standard.fresh), known: rate(standard.known), suspect: rate(standard.suspect) })
    .prefault({});
