import type { Rewrite } from '../envelope/rewrite.ts';
import { insideAddresses } from './inside-addresses.ts';

/** Everything that gives addresses of an envelope another form, from the inside to the outside (see `prepareRewrites`). */
export const rewrites: readonly Rewrite[] = [insideAddresses];
