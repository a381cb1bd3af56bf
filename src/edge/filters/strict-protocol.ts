import type { CommandFault } from '../../wire/smtp/command.ts';
import type { Filter } from '../filter.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule } from '../rule.ts';

const SENDER = [
  { platform: '*', text: 'Nothing here. A sender that is hit often runs a program of its own making: tell its owner.' },
] as const;

export const bareNewline: EdgeRule = {
  id: 'protocol/bare-newline',
  severity: 'high',
  title: 'A message holds a CR or an LF that stands alone',
  why: 'Servers differ on whether that ends a line, so one message can be made to arrive as two, the second with any sender.',
  remedy: SENDER,
  references: ['RFC 5321 §2.3.8', 'CVE-2023-51764', 'CVE-2023-51765', 'CVE-2023-51766'],
  threat: 'attack/engine',
  action: 'hang-up',
  fixed: true,
  reply: REPLIES.linesEndWithCrlf,
};
export const nulByte: EdgeRule = {
  id: 'protocol/nul',
  severity: 'medium',
  title: 'A message holds a NUL byte',
  why: 'Some readers stop at it, some drop it and some keep it: a scanner and a mail program then see two different messages.',
  remedy: SENDER,
  references: ['RFC 5322 §2.2', 'RFC 5321 §4.1.1.4'],
  threat: 'attack/engine',
  action: 'hang-up',
  fixed: true,
  reply: REPLIES.linesEndWithCrlf,
};
export const unreadableLine: EdgeRule = {
  id: 'protocol/unreadable-line',
  severity: 'medium',
  title: 'A command line is not ended by CRLF, is too long, or is not SMTP',
  why: 'Bytes of a browser, of TLS or of an engine of an attacker’s own would be read as commands by a server that guesses.',
  remedy: SENDER,
  references: ['RFC 5321 §2.3.8', 'RFC 5321 §4.5.3.1.4', 'CVE-2019-16928'],
  threat: 'attack/engine',
  action: 'hang-up',
  fixed: true,
  reply: REPLIES.notReadable,
};
export const controlByte: EdgeRule = {
  id: 'protocol/control-byte',
  severity: 'low',
  title: 'A command holds a control byte or does not begin with a word',
  why: 'It ends up in logs, headers and terminals, where it means something else.',
  remedy: SENDER,
  references: ['RFC 5321 §4.1.2'],
  threat: 'attack/cross-site',
  action: 'refuse',
  fixed: true,
  reply: REPLIES.notReadable,
};
export const earlyTalk: EdgeRule = {
  id: 'protocol/early-talk',
  severity: 'medium',
  title: 'The peer talks before it was greeted',
  why: 'Mail servers wait to be greeted. Engines that spray mail do not.',
  remedy: [
    { platform: '*', text: 'If an honest device does it, name its network in exempt, or set this rule to note.' },
  ],
  references: ['RFC 5321 §3.1', 'RFC 5321 §4.3.1'],
  threat: 'attack/engine',
  action: 'hang-up',
  reply: REPLIES.notReadable,
};
export const injection: EdgeRule = {
  id: 'protocol/starttls-injection',
  severity: 'high',
  title: 'Commands stand behind STARTTLS in the clear',
  why: 'Whoever can write into the connection before TLS would have his commands carried out inside it.',
  remedy: SENDER,
  references: ['RFC 3207 §4.2', 'CVE-2011-0411', 'CVE-2021-33515'],
  threat: 'attack/engine',
  action: 'hang-up',
  fixed: true,
  reply: REPLIES.notReadable,
};
export const pipelined: EdgeRule = {
  id: 'protocol/pipelining',
  severity: 'medium',
  title: 'Commands stand behind one whose answer decides what may follow',
  why: 'An engine that does not wait for DATA or EHLO smuggles commands past servers that lose count of who said what.',
  remedy: [
    { platform: '*', text: 'If an honest device does it, name its network in exempt, or set this rule to note.' },
  ],
  references: ['RFC 2920 §3.1'],
  threat: 'attack/engine',
  action: 'hang-up',
  reply: REPLIES.badSequence,
};
export const unknownCommand: EdgeRule = {
  id: 'protocol/unknown-command',
  severity: 'info',
  title: 'The peer uses a command that is none here',
  why: 'Which words a server knows tells its product; some words of old are doors of old.',
  remedy: SENDER,
  references: ['RFC 5321 §4.2.4'],
  threat: 'recon/greeting',
  action: 'refuse',
  fixed: true,
  reply: REPLIES.unknownCommand,
};
export const notImplemented: EdgeRule = {
  id: 'protocol/not-implemented',
  severity: 'info',
  title: 'The peer uses a command that is not offered here',
  why: 'TURN, ETRN, EXPN, AUTH and XCLIENT from a stranger ask for what only friends should have.',
  remedy: SENDER,
  references: ['RFC 5321 §4.2.4', 'RFC 5321 §F.1'],
  threat: 'recon/greeting',
  action: 'refuse',
  fixed: true,
  reply: REPLIES.notImplemented,
};
export const chunkUnasked: EdgeRule = {
  id: 'protocol/bdat-not-offered',
  severity: 'medium',
  title: 'The peer sends BDAT, which is not offered',
  why: 'The octets behind it would be taken for commands.',
  remedy: SENDER,
  references: ['RFC 3030 §2', 'CVE-2017-16943'],
  threat: 'attack/engine',
  action: 'hang-up',
  fixed: true,
  reply: REPLIES.notImplemented,
};
export const badChunk: EdgeRule = {
  id: 'protocol/chunk-size',
  severity: 'medium',
  title: 'BDAT says no size that is one',
  why: 'Where two servers count a chunk differently, the rest of it is commands for one of them.',
  remedy: SENDER,
  references: ['RFC 3030 §2', 'CVE-2017-16943'],
  threat: 'attack/engine',
  action: 'hang-up',
  fixed: true,
  reply: REPLIES.badSyntax,
};
export const notSmtp: EdgeRule = {
  id: 'protocol/not-smtp',
  severity: 'medium',
  title: 'The peer speaks HTTP, TLS, PROXY or something else that is no SMTP',
  why: 'A browser can be led to post commands to a mail port; a forged PROXY line would hide who is there.',
  remedy: [{ platform: '*', text: 'If it is your own load balancer, name its network in proxy.' }],
  references: ['RFC 5321 §4.1.1', 'ALPACA, USENIX Security 2021', 'CVE-2023-42117'],
  threat: 'attack/engine',
  action: 'hang-up',
  fixed: true,
  reply: REPLIES.notReadable,
};
export const badSyntax: EdgeRule = {
  id: 'protocol/syntax',
  severity: 'info',
  title: 'A command’s parameters are not as its standard has them',
  why: 'What two servers read in two ways, an attacker has read in his.',
  remedy: SENDER,
  references: ['RFC 5321 §4.1.2'],
  threat: 'attack/engine',
  action: 'refuse',
  fixed: true,
  reply: REPLIES.badSyntax,
};
export const badSequence: EdgeRule = {
  id: 'protocol/sequence',
  severity: 'info',
  title: 'A command comes at the wrong time',
  why: 'Servers that tolerate it can be told apart, and led into states nobody thought of.',
  remedy: SENDER,
  references: ['RFC 5321 §4.1.4'],
  threat: 'attack/engine',
  action: 'refuse',
  fixed: true,
  reply: REPLIES.badSequence,
};
export const badAddress: EdgeRule = {
  id: 'protocol/address',
  severity: 'low',
  title: 'An address can be read in two ways, or in none',
  why: 'Quotes, comments and control bytes in an address have reached shells, headers and other people’s mailboxes.',
  remedy: SENDER,
  references: ['RFC 5321 §4.1.2', 'CVE-2020-7247', 'CVE-2019-10149'],
  threat: 'attack/engine',
  action: 'refuse',
  fixed: true,
  reply: REPLIES.badAddress,
};
export const unknownParameter: EdgeRule = {
  id: 'protocol/unknown-parameter',
  severity: 'info',
  title: 'MAIL or RCPT has a parameter that is not offered',
  why: 'A parameter that one server ignores and the next obeys says two things at once.',
  remedy: SENDER,
  references: ['RFC 5321 §4.1.1.11'],
  threat: 'attack/engine',
  action: 'refuse',
  fixed: true,
  reply: REPLIES.unknownParameter,
};
export const authMissing: EdgeRule = {
  id: 'protocol/auth-missing',
  severity: 'info',
  title: 'Somebody who has not logged in wants to submit mail',
  why: 'Doors of submission are for our own people, who prove it. Servers of others use port 25.',
  remedy: [{ platform: '*', text: 'If it is one of your servers, name its network in inside.' }],
  references: ['RFC 6409 §4.3'],
  threat: 'attack/engine',
  action: 'refuse',
  fixed: true,
  reply: REPLIES.authNeeded,
};
export const badAnswer: EdgeRule = {
  id: 'protocol/auth-answer',
  severity: 'low',
  title: 'AUTH brings what is no base64, or no name and password',
  why: 'Loose readers of AUTH have been overflowed before anybody had logged in.',
  remedy: SENDER,
  references: ['RFC 4954 §4', 'RFC 4616 §2', 'CVE-2023-42115'],
  threat: 'attack/account',
  action: 'refuse',
  fixed: true,
  reply: REPLIES.authNotReadable,
};
export const cancelled: EdgeRule = {
  id: 'protocol/auth-cancelled',
  severity: 'info',
  title: 'AUTH is begun and cancelled',
  why: 'Once is an accident; many look for the words a server has for it.',
  remedy: SENDER,
  references: ['RFC 4954 §4'],
  threat: 'attack/account',
  action: 'refuse',
  fixed: true,
  reply: REPLIES.authCancelled,
};
export const authUnanswered: EdgeRule = {
  id: 'protocol/auth-unanswered',
  severity: 'medium',
  title: 'The server that knows the passwords gave no answer',
  why: 'Our people cannot send, and nobody can tell a wrong password from a right one.',
  remedy: [
    { platform: '*', text: 'Look whether the server of submission.upstream is up and offers AUTH PLAIN or LOGIN.' },
  ],
  references: ['RFC 4954 §6'],
  threat: 'attack/account',
  action: 'note',
  fixed: true,
  reply: REPLIES.authLater,
};
export const unknownMechanism: EdgeRule = {
  id: 'protocol/auth-mechanism',
  severity: 'info',
  title: 'AUTH wants a mechanism that is not offered',
  why: 'NTLM and GSSAPI tell names of the inside to whoever asks.',
  remedy: SENDER,
  references: ['RFC 4954 §4'],
  threat: 'attack/account',
  action: 'refuse',
  fixed: true,
  reply: REPLIES.noMechanism,
};
export const noRecipients: EdgeRule = {
  id: 'protocol/no-recipients',
  severity: 'info',
  title: 'DATA comes without a recipient',
  why: 'It is the mark of an engine that does not read answers.',
  remedy: SENDER,
  references: ['RFC 5321 §3.3'],
  threat: 'attack/engine',
  action: 'refuse',
  fixed: true,
  reply: REPLIES.noRecipients,
};
export const tlsMissing: EdgeRule = {
  id: 'protocol/tls-missing',
  severity: 'info',
  title: 'TLS is required here and was not begun',
  why: 'Mail in the clear can be read and changed on its way.',
  remedy: [{ platform: '*', text: 'tls.required is set. Take it away where senders without TLS must be served.' }],
  references: ['RFC 3207 §4'],
  threat: 'attack/engine',
  action: 'refuse',
  fixed: true,
  reply: REPLIES.needTls,
};
export const ownFault: EdgeRule = {
  id: 'protocol/own-fault',
  severity: 'medium',
  title: 'A filter of the edge broke; the message was deferred',
  why: 'The sender keeps the message and comes again, so nothing is lost; whoever can cause it can hold mail up.',
  remedy: [{ platform: '*', text: 'Report it with the log line.' }],
  references: ['RFC 5321 §4.2.5'],
  threat: 'attack/engine',
  action: 'defer',
  fixed: true,
  reply: REPLIES.fault,
};

/** The rule that a line breaks which is no command. */
export const LINE_FAULTS: Readonly<Record<CommandFault, EdgeRule>> = {
  'bare-lf': unreadableLine,
  'bare-cr': unreadableLine,
  overlong: unreadableLine,
  binary: notSmtp,
  control: controlByte,
  'no-verb': controlByte,
};

/** Everything that is no SMTP, or SMTP in two readings. The session itself recognises it; the rules say what it is and what is answered. */
export const strictProtocol: Filter = {
  name: 'strict-protocol',
  rules: [
    bareNewline,
    nulByte,
    unreadableLine,
    controlByte,
    earlyTalk,
    injection,
    pipelined,
    unknownCommand,
    notImplemented,
    chunkUnasked,
    badChunk,
    notSmtp,
    badSyntax,
    badSequence,
    badAddress,
    unknownParameter,
    authMissing,
    badAnswer,
    cancelled,
    authUnanswered,
    unknownMechanism,
    noRecipients,
    tlsMissing,
    ownFault,
  ],
  prepare: () => null,
};
