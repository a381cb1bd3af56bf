import { z } from 'zod';
import { DEFAULT_CONTROLS } from '../../../../edge/controls.ts';
import { duration } from '../units.ts';
import { rate } from './rates.ts';

const { guard } = DEFAULT_CONTROLS;

/** How many wrong passwords an address, a network and an account may have. */
export const guardSettings = z
  .strictObject({
    perAddress: rate(guard.perAddress),
    perNetwork: rate(guard.perNetwork),
    perAccount: rate(guard.perAccount),
    remember: duration.default(guard.remember),
  })
  .prefault({});
