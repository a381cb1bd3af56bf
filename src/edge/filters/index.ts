import type { Filter } from '../filter.ts';
import { hardLimits } from './hard-limits.ts';
import { headerStructure } from './header-structure.ts';
import { neutralDialect } from './neutral-dialect.ts';
import { noRelay } from './no-relay.ts';
import { strictProtocol } from './strict-protocol.ts';

/** Everything the edge recognises, in the order it is asked: what costs least comes first. */
export const filters: readonly Filter[] = [strictProtocol, neutralDialect, noRelay, hardLimits, headerStructure];
