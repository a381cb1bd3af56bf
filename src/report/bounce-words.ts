import type { BounceAction, BounceReason, DisclosureKind, NdrKind } from '../finding/ndr-report.ts';

/** What a read message is, in one sentence. */
export const KIND_WORDS: Readonly<Record<NdrKind, string>> = {
  failure: 'A message was not delivered.',
  delay: 'A message is delayed; the server keeps trying.',
  delivered: 'A message was delivered.',
  relayed: 'A message was handed to a server that sends no receipts.',
  expanded: 'A message was sent on to the members of a list.',
  feedback: 'Somebody complained about a message.',
  autoreply: 'An automatic answer; the message was delivered.',
  challenge: 'The recipient wants the sender to prove that he is a person.',
  receipt: 'A receipt of a reader.',
  mail: 'An ordinary message.',
};

export const ACTION_WORDS: Readonly<Record<BounceAction, string>> = {
  failed: 'not delivered',
  delayed: 'delayed',
  delivered: 'delivered',
  relayed: 'handed on',
  expanded: 'sent on to a list',
};

/** What a reason of the contract means to the sender. */
export const BOUNCE_REASON_WORDS: Readonly<Record<BounceReason, string>> = {
  authfailure: 'SPF, DKIM or DMARC of the sender failed',
  badreputation: 'the sending address has a bad reputation',
  blocked: 'the sending address is blocked',
  contenterror: 'the content has a wrong form',
  emailtoolarge: 'the message is too large',
  expired: 'it could not be delivered in time',
  failedstarttls: 'TLS failed',
  feedback: 'a reader complained',
  filtered: 'the recipient or a filter refused it after DATA',
  hasmoved: 'the mailbox has moved',
  hostunknown: "the recipient's domain does not exist",
  mailboxfull: 'the mailbox is full',
  mailererror: 'the delivery program failed',
  networkerror: 'the network or DNS failed',
  norelaying: 'the server does not relay for this sender',
  notaccept: 'the domain accepts no mail',
  notcompliantrfc: 'the message breaks a standard',
  onhold: 'no clear reason is given',
  policyviolation: 'it breaks a policy of the receiver',
  rateLimited: 'too much was sent in a short time',
  rejected: 'the sender is refused',
  requireptr: 'the sending address has no proper name in DNS',
  securityerror: 'the receiver sees a danger in it',
  spamdetected: 'it looks like spam',
  suppressed: 'the sending service no longer writes to this address',
  suspend: 'the mailbox is suspended',
  syntaxerror: 'the servers did not understand each other',
  systemerror: 'the receiving system has a fault',
  systemfull: 'the receiving system is full',
  undefined: 'the report gives no reason',
  userunknown: 'the mailbox does not exist',
  vacation: 'the recipient is away',
  virusdetected: 'a virus was found in it',
};

/** What is given away, as a person says it. */
export const DISCLOSURE_WORDS: Readonly<Record<DisclosureKind, string>> = {
  software: 'software',
  version: 'version',
  'internal-host': 'internal host',
  'internal-address': 'internal address',
  account: 'account',
  directory: 'directory',
  'time-zone': 'time zone',
  client: 'client program',
  filter: 'filter',
  path: 'path',
};
