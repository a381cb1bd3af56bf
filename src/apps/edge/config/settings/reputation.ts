import { z } from 'zod';
import { DEFAULT_CONTROLS } from '../../../../edge/controls.ts';
import { duration } from '../units.ts';

const { reputation } = DEFAULT_CONTROLS;
const level = z.number().min(1, { error: 'a level from 1 to 9' }).max(9, { error: 'a level from 1 to 9' });

/** What is made of the deeds of peers. */
export const reputationSettings = z
  .strictObject({
    halfLife: duration.default(reputation.halfLife),
    suspectAt: level.default(reputation.suspectAt),
    blockAt: level.default(reputation.blockAt),
    block: z
      .strictObject({
        first: duration.default(reputation.block.first),
        most: duration.default(reputation.block.most),
      })
      .prefault({}),
    inside: z.boolean().default(reputation.inside),
  })
  .prefault({});
