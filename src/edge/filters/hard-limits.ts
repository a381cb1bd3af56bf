import { type EdgeTools, type Filter, shared } from '../filter.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule, Hit } from '../rule.ts';

const RAISE = [{ platform: '*', text: 'Raise the limit of that name in limits, if honest mail meets it.' }] as const;

export const tooLarge: EdgeRule = {
  id: 'limits/message-size',
  severity: 'info',
  title: 'A message is larger than is taken here',
  why: 'Large messages fill memory, disks and queues.',
  remedy: RAISE,
  references: ['RFC 1870 §6'],
  threat: 'attack/overflow',
  action: 'refuse',
  fixed: true,
  reply: REPLIES.tooLarge,
};
export const noRoom: EdgeRule = {
  id: 'limits/memory',
  severity: 'info',
  title: 'Messages that come at the same time take all the memory they may',
  why: 'Large messages that are sent slowly and all at once take the memory of a server that bounds each of them alone.',
  remedy: RAISE,
  references: ['RFC 3463 §3.4 (X.3.1)', 'CWE-770'],
  threat: 'attack/exhaustion',
  action: 'defer',
  fixed: true,
  reply: REPLIES.noRoom,
};
export const endless: EdgeRule = {
  id: 'limits/endless-message',
  severity: 'low',
  title: 'A message does not end',
  why: 'Reading it on would keep a connection and its bandwidth for as long as the attacker likes.',
  remedy: RAISE,
  references: ['RFC 5321 §4.5.3.1.9'],
  threat: 'attack/exhaustion',
  action: 'hang-up',
  fixed: true,
  reply: REPLIES.tooLarge,
};
export const longLine: EdgeRule = {
  id: 'limits/text-line',
  severity: 'low',
  title: 'A line of a message is longer than any mail program makes it',
  why: 'Readers fold, cut or drop such lines, each in a way of its own: signatures break, and scanners see another text.',
  remedy: RAISE,
  references: ['RFC 5322 §2.1.1', 'RFC 5321 §4.5.3.1.6'],
  threat: 'attack/overflow',
  action: 'refuse',
  reply: REPLIES.refusedMessage,
};
export const headerTooLarge: EdgeRule = {
  id: 'limits/header',
  severity: 'low',
  title: 'The header of a message is too large, or has too many fields or too long a field',
  why: 'Servers cut such headers, each at a place of its own: what stands behind the cut is seen by one and not by the next.',
  remedy: RAISE,
  references: ['RFC 5321 §4.5.3.1', 'CVE-2019-16928'],
  threat: 'attack/overflow',
  action: 'refuse',
  reply: REPLIES.refusedMessage,
};
export const tooManyHops: EdgeRule = {
  id: 'limits/hops',
  severity: 'low',
  title: 'A message went through too many servers: it runs in a circle',
  why: 'A circle of two servers multiplies one message into an outage.',
  remedy: [
    { platform: '*', text: 'Look at its Received fields for the two hosts that repeat, and mend the routing there.' },
  ],
  references: ['RFC 5321 §6.3'],
  threat: 'attack/exhaustion',
  action: 'refuse',
  reply: REPLIES.tooManyHops,
};
export const tooManyRecipients: EdgeRule = {
  id: 'limits/recipients',
  severity: 'info',
  title: 'A message has more recipients than are taken at once',
  why: 'One message to a thousand guessed addresses is the cheapest way to find the ten that exist.',
  remedy: RAISE,
  references: ['RFC 5321 §4.5.3.1.10'],
  threat: 'attack/overflow',
  action: 'defer',
  fixed: true,
  reply: REPLIES.tooManyRecipients,
};
export const otherPolicy: EdgeRule = {
  id: 'limits/other-policy',
  severity: 'info',
  title: 'A message has recipients whose policies differ',
  why: 'One answer stands for all recipients of a message. What one of them wants refused and another delivered must come twice.',
  remedy: [{ platform: '*', text: 'Nothing: the sender comes again at once for those who are left.' }],
  references: ['RFC 5321 §4.5.3.1.10'],
  threat: 'attack/engine',
  action: 'defer',
  fixed: true,
  reply: REPLIES.tooManyRecipients,
};
export const tooManyMessages: EdgeRule = {
  id: 'limits/messages',
  severity: 'info',
  title: 'A session has sent as many messages as one may',
  why: 'A session that never ends keeps its place from others.',
  remedy: RAISE,
  references: ['RFC 5321 §3.8'],
  threat: 'attack/exhaustion',
  action: 'hang-up',
  fixed: true,
  reply: REPLIES.busy,
};
export const tooManyFaults: EdgeRule = {
  id: 'limits/faults',
  severity: 'low',
  title: 'A session has made too many errors',
  why: 'Guessing addresses, passwords and commands looks like this.',
  remedy: RAISE,
  references: ['RFC 5321 §4.3.2'],
  threat: 'attack/engine',
  action: 'hang-up',
  fixed: true,
  reply: REPLIES.goodbye,
};
export const tooMuchJunk: EdgeRule = {
  id: 'limits/junk-commands',
  severity: 'low',
  title: 'A session sends commands that lead nowhere',
  why: 'NOOP and RSET without end keep a connection busy at no cost to the attacker.',
  remedy: RAISE,
  references: ['RFC 5321 §4.3.2'],
  threat: 'attack/exhaustion',
  action: 'hang-up',
  fixed: true,
  reply: REPLIES.goodbye,
};
export const tooManyTries: EdgeRule = {
  id: 'limits/auth-tries',
  severity: 'low',
  title: 'A session has tried to log in as often as one may',
  why: 'A session that goes on for ever tries a password with every breath.',
  remedy: RAISE,
  references: ['RFC 4954 §4'],
  threat: 'attack/account',
  action: 'hang-up',
  fixed: true,
  reply: REPLIES.goodbye,
};
export const tooSlow: EdgeRule = {
  id: 'limits/time',
  severity: 'info',
  title: 'The peer was silent, or slower than any mail server is',
  why: 'Thousands of connections that say a byte a minute cost the attacker nothing.',
  remedy: RAISE,
  references: ['RFC 5321 §4.5.3.2'],
  threat: 'attack/exhaustion',
  action: 'hang-up',
  fixed: true,
  reply: REPLIES.timeout,
};

/** Bounds on all that a stranger sends. The session keeps most of them itself; those of the header are looked at here. */
export const hardLimits: Filter = {
  name: 'hard-limits',
  rules: [
    tooLarge,
    noRoom,
    endless,
    longLine,
    headerTooLarge,
    tooManyHops,
    tooManyRecipients,
    otherPolicy,
    tooManyMessages,
    tooManyFaults,
    tooMuchJunk,
    tooManyTries,
    tooSlow,
  ],
  prepare: ({ options: { limits } }: EdgeTools) =>
    shared({
      message({ message }): Hit | undefined {
        const { scan } = message;
        const longest = Math.max(scan.longestLine, scan.openLine);
        if (longest > limits.textLine) return { rule: longLine, because: `a line of ${longest} bytes` };
        const { header } = message;
        if (header.size > limits.headerSize) return { rule: headerTooLarge, because: `${header.size} bytes` };
        if (header.fields.length > limits.headerFields)
          return { rule: headerTooLarge, because: `${header.fields.length} fields` };
        if (header.longestField > limits.headerField)
          return { rule: headerTooLarge, because: `a field of ${header.longestField} bytes` };
        const hops = header.count('received');
        return hops > limits.hops ? { rule: tooManyHops, because: `${hops} Received fields` } : undefined;
      },
    }),
};
