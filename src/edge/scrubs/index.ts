import type { Scrub } from '../scrub.ts';
import { headerFirewall } from './header-firewall.ts';
import { insideAddresses } from './inside-addresses.ts';

/** Everything that changes a message, in the order it is done. */
export const scrubs: readonly Scrub[] = [headerFirewall, insideAddresses];
