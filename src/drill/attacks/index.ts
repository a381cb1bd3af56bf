import type { Attack } from '../attack.ts';
import { authInClear } from './auth-in-clear.ts';
import { badChunks } from './bad-chunks.ts';
import { bareLfBody } from './bare-lf-body.ts';
import { bareLfCommands } from './bare-lf-commands.ts';
import { blindPipelining } from './blind-pipelining.ts';
import { bounceToNobody } from './bounce-to-nobody.ts';
import { cancelledLogins } from './cancelled-logins.ts';
import { controlBytes } from './control-bytes.ts';
import { dataForNobody } from './data-for-nobody.ts';
import { earlyTalk } from './early-talk.ts';
import { emptyCommands } from './empty-commands.ts';
import { endlessCommand } from './endless-command.ts';
import { falseSize } from './false-size.ts';
import { floodConnections } from './flood-connections.ts';
import { floodLetters } from './flood-letters.ts';
import { forgedVerdict } from './forged-verdict.ts';
import { halfOpenTls } from './half-open-tls.ts';
import { harvestExpn } from './harvest-expn.ts';
import { harvestRcpt } from './harvest-rcpt.ts';
import { harvestVrfy } from './harvest-vrfy.ts';
import { idleCrowd } from './idle-crowd.ts';
import { mailBeforeHello } from './mail-before-hello.ts';
import { manyErrors } from './many-errors.ts';
import { manyHeaderFields } from './many-header-fields.ts';
import { manyHops } from './many-hops.ts';
import { manyRecipients } from './many-recipients.ts';
import { nameByEhlo } from './name-by-ehlo.ts';
import { nameByErrors } from './name-by-errors.ts';
import { nameByGreeting } from './name-by-greeting.ts';
import { nameByHelp } from './name-by-help.ts';
import { ntlmNames } from './ntlm-names.ts';
import { nullSenderCrowd } from './null-sender-crowd.ts';
import { openRelay } from './open-relay.ts';
import { originReach } from './origin-reach.ts';
import { overlongAddress } from './overlong-address.ts';
import { overlongCommand } from './overlong-command.ts';
import { overlongHeader } from './overlong-header.ts';
import { overlongLine } from './overlong-line.ts';
import { overlongParameter } from './overlong-parameter.ts';
import { ownNameHello } from './own-name-hello.ts';
import { passwordGuessing } from './password-guessing.ts';
import { proxyHeader } from './proxy-header.ts';
import { slowLetter } from './slow-letter.ts';
import { slowReader } from './slow-reader.ts';
import { slowWriter } from './slow-writer.ts';
import { smuggledBareCr } from './smuggled-bare-cr.ts';
import { smuggledBareLf } from './smuggled-bare-lf.ts';
import { smuggledDoubleCr } from './smuggled-double-cr.ts';
import { smuggledNul } from './smuggled-nul.ts';
import { splitHeader } from './split-header.ts';
import { spoofedSender } from './spoofed-sender.ts';
import { tlsInjection } from './tls-injection.ts';
import { tlsMemory } from './tls-memory.ts';
import { twoAuthors } from './two-authors.ts';
import { twoTypes } from './two-types.ts';
import { webRequest } from './web-request.ts';
import { xclient } from './xclient.ts';

/**
 * Every attack, in the order in which they are run: what only looks comes first, then what breaks a rule, then what is sent in numbers, and
 * at last what holds the server up.
 */
export const attacks: readonly Attack[] = [
  originReach,
  nameByGreeting,
  nameByEhlo,
  nameByHelp,
  nameByErrors,
  harvestVrfy,
  harvestExpn,
  bounceToNobody,
  earlyTalk,
  mailBeforeHello,
  ownNameHello,
  dataForNobody,
  nullSenderCrowd,
  bareLfCommands,
  controlBytes,
  webRequest,
  proxyHeader,
  xclient,
  tlsInjection,
  tlsMemory,
  authInClear,
  ntlmNames,
  passwordGuessing,
  cancelledLogins,
  blindPipelining,
  bareLfBody,
  splitHeader,
  smuggledBareLf,
  smuggledBareCr,
  smuggledDoubleCr,
  smuggledNul,
  badChunks,
  spoofedSender,
  forgedVerdict,
  twoAuthors,
  twoTypes,
  openRelay,
  overlongCommand,
  endlessCommand,
  overlongParameter,
  overlongAddress,
  falseSize,
  manyHeaderFields,
  overlongHeader,
  overlongLine,
  manyHops,
  manyRecipients,
  manyErrors,
  emptyCommands,
  harvestRcpt,
  floodConnections,
  floodLetters,
  halfOpenTls,
  slowReader,
  slowWriter,
  slowLetter,
  idleCrowd,
];
