import type { Filter } from '../filter.ts';
import { accountRate } from './account-rate.ts';
import { authGuard } from './auth-guard.ts';
import { backPressure } from './back-pressure.ts';
import { caps } from './caps.ts';
import { connectionList } from './connection-list.ts';
import { dnsList } from './dns-list.ts';
import { earlyTalker } from './early-talker.ts';
import { eightBitContent } from './eight-bit.ts';
import { greylist } from './greylist.ts';
import { hardLimits } from './hard-limits.ts';
import { headerStructure } from './header-structure.ts';
import { helloName } from './hello-name.ts';
import { neutralDialect } from './neutral-dialect.ts';
import { noRelay } from './no-relay.ts';
import { nullSender } from './null-sender.ts';
import { ownDomain } from './own-domain.ts';
import { rate } from './rate.ts';
import { recipientShield } from './recipient-shield.ts';
import { reputation } from './reputation.ts';
import { reverseNames } from './reverse-name.ts';
import { strictProtocol } from './strict-protocol.ts';
import { tarpit } from './tarpit.ts';
import { trap } from './trap.ts';

/** Everything the edge recognises, in the order it is asked: what costs least comes first, and what makes a peer wait comes last. */
export const filters: readonly Filter[] = [
  strictProtocol,
  neutralDialect,
  noRelay,
  connectionList,
  backPressure,
  caps,
  rate,
  accountRate,
  authGuard,
  helloName,
  ownDomain,
  nullSender,
  hardLimits,
  headerStructure,
  eightBitContent,
  trap,
  tarpit,
  reverseNames,
  dnsList,
  reputation,
  earlyTalker,
  greylist,
  recipientShield,
];

/** Filters that judge a host by its address, its names and its manners: a person who submits mail sends it from a sofa, a train or a hotel. */
const OF_HOSTS = new Set([helloName, reverseNames, dnsList, earlyTalker, greylist]);

/** What is asked at doors of submission, where AUTH says who somebody is. */
export const submissionFilters: readonly Filter[] = filters.filter((filter) => !OF_HOSTS.has(filter));
