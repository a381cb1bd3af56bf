/** What the edge says to a stranger: written once, in a rule or in `REPLIES`, neutral, and giving nothing away. */
export interface EdgeReply {
  readonly code: number;
  /** RFC 3463 status; absent where RFC 2034 wants none (greeting, EHLO, 354). */
  readonly status?: string;
  readonly text: string;
}

/** The bytes of a one-line reply. */
export function replyLine(reply: EdgeReply): string {
  return reply.status === undefined
    ? `${reply.code} ${reply.text}\r\n`
    : `${reply.code} ${reply.status} ${reply.text}\r\n`;
}

/** The bytes of a reply of several lines, none of which has a status (EHLO). */
export function replyLines(code: number, lines: readonly [string, ...string[]]): string {
  return lines.map((line, index) => `${code}${index === lines.length - 1 ? ' ' : '-'}${line}\r\n`).join('');
}

/** The edge's whole dialect, but for what rules say: one sentence for one class of answer, whoever stands behind it. */
export const REPLIES = {
  ok: { code: 250, status: '2.0.0', text: 'Ok' },
  senderOk: { code: 250, status: '2.1.0', text: 'Sender ok' },
  recipientOk: { code: 250, status: '2.1.5', text: 'Recipient ok' },
  accepted: { code: 250, status: '2.0.0', text: 'Accepted' },
  startData: { code: 354, text: 'End data with <CR><LF>.<CR><LF>' },
  startTls: { code: 220, status: '2.0.0', text: 'Ready to start TLS' },
  bye: { code: 221, status: '2.0.0', text: 'Bye' },
  cannotVerify: { code: 252, status: '2.5.0', text: 'Cannot verify; send and see' },
  helpText: { code: 214, status: '2.0.0', text: 'See RFC 5321' },
  unknownCommand: { code: 500, status: '5.5.1', text: 'Command not recognized' },
  notImplemented: { code: 502, status: '5.5.1', text: 'Command not implemented' },
  badSyntax: { code: 501, status: '5.5.4', text: 'Syntax error in parameters' },
  badAddress: { code: 501, status: '5.1.3', text: 'Bad address syntax' },
  badSequence: { code: 503, status: '5.5.1', text: 'Bad sequence of commands' },
  unknownParameter: { code: 555, status: '5.5.4', text: 'Parameter not recognized' },
  authenticated: { code: 235, status: '2.7.0', text: 'Authentication successful' },
  authNeeded: { code: 530, status: '5.7.0', text: 'Authentication required' },
  authCancelled: { code: 501, status: '5.7.0', text: 'Authentication cancelled' },
  authNotReadable: { code: 501, status: '5.5.2', text: 'Cannot decode response' },
  noMechanism: { code: 504, status: '5.5.4', text: 'Mechanism not recognized' },
  asciiOnly: { code: 501, status: '5.5.2', text: 'Commands are ASCII without SMTPUTF8' },
  needTls: { code: 530, status: '5.7.0', text: 'Must issue a STARTTLS command first' },
  noRoom: { code: 452, status: '4.3.1', text: 'Try again later' },
  tooLarge: { code: 552, status: '5.3.4', text: 'Message too big' },
  tooManyRecipients: { code: 452, status: '4.5.3', text: 'Too many recipients' },
  noRecipients: { code: 554, status: '5.5.1', text: 'No valid recipients' },
  notHere: { code: 550, status: '5.7.1', text: 'Recipient not served here' },
  refusedRecipient: { code: 550, status: '5.1.1', text: 'Recipient refused' },
  unknownRecipient: { code: 550, status: '5.1.1', text: 'No such recipient' },
  recipientLater: { code: 451, status: '4.1.1', text: 'Recipient cannot be checked now, try again later' },
  oneBounceRecipient: { code: 550, status: '5.5.3', text: 'One recipient for the null sender' },
  notOurBounce: { code: 550, status: '5.7.1', text: 'No message of this recipient to be returned' },
  refusedSender: { code: 550, status: '5.7.1', text: 'Sender refused' },
  notServed: { code: 554, status: '5.7.1', text: 'Not served' },
  badHello: { code: 550, status: '5.7.1', text: 'Hello refused' },
  /** RFC 4954 §6: the try counts for nothing, and may be made again later. */
  authLater: { code: 454, status: '4.7.0', text: 'Temporary authentication failure' },
  authRefused: { code: 535, status: '5.7.8', text: 'Authentication credentials invalid' },
  tooFast: { code: 451, status: '4.7.1', text: 'Too fast, try again later' },
  notYet: { code: 451, status: '4.7.1', text: 'Not yet, try again later' },
  refusedMessage: { code: 550, status: '5.7.1', text: 'Message refused' },
  tryLater: { code: 451, status: '4.3.2', text: 'Try again later' },
  busy: { code: 421, status: '4.3.2', text: 'Service busy, try again later' },
  timeout: { code: 421, status: '4.4.2', text: 'Timeout' },
  goodbye: { code: 421, status: '4.7.0', text: 'Too many errors' },
  shutdown: { code: 421, status: '4.3.2', text: 'Service shutting down' },
  tooManyHops: { code: 554, status: '5.4.6', text: 'Too many hops' },
  badHeader: { code: 550, status: '5.6.0', text: 'Message header refused' },
  noEightBit: { code: 554, status: '5.6.3', text: 'Conversion required but not supported' },
  undeclared: { code: 550, status: '5.6.1', text: 'Bytes above 127 were not declared' },
  noUtf8: { code: 553, status: '5.6.7', text: 'Internationalized mail is not served here' },
  noRequireTls: { code: 550, status: '5.7.30', text: 'REQUIRETLS support required' },
  fault: { code: 451, status: '4.3.0', text: 'Local error, try again later' },
  linesEndWithCrlf: { code: 550, status: '5.5.2', text: 'Lines must end with CRLF' },
  notReadable: { code: 500, status: '5.5.2', text: 'Command not readable' },
} as const satisfies Readonly<Record<string, EdgeReply>>;
