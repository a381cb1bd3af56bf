import type { Scrub } from '../scrub.ts';
import { headerFirewall } from './header-firewall.ts';

/** Everything that changes a message, in the order it is done. */
export const scrubs: readonly Scrub[] = [headerFirewall];
