import type { EdgeField, EdgeHeader } from '../message/header.ts';
import type { HeaderChange } from '../message/message.ts';
import { mailDate } from '../message/trace-header.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule, Hit } from '../rule.ts';
import type { Scrub } from '../scrub.ts';

export const claimsOurWord: EdgeRule = {
  id: 'header/claims-our-word',
  severity: 'medium',
  title: 'A message arrived with a verdict in our own name',
  why: 'Filters and people behind the edge would believe that it was checked here.',
  remedy: [{ platform: '*', text: 'Nothing: the fields were taken out. See headers.incoming for the list.' }],
  references: ['RFC 8601 §5'],
  threat: 'attack/phishing',
  action: 'note',
  reply: REPLIES.refusedMessage,
};
export const notForReaders: EdgeRule = {
  id: 'header/not-for-readers',
  severity: 'info',
  title: 'A message carried Bcc or Return-Path, which no message on its way has',
  why: 'Bcc shows readers who else got it; Return-Path is written by the last server, and one that came along would be believed.',
  remedy: [{ platform: '*', text: 'Nothing: the fields were taken out.' }],
  references: ['RFC 5322 §3.6.3', 'RFC 5321 §4.4'],
  threat: 'attack/phishing',
  action: 'note',
  reply: REPLIES.refusedMessage,
};
export const tellsInside: EdgeRule = {
  id: 'header/tells-inside',
  severity: 'low',
  title: 'A message on its way out named servers, addresses or programs of the inside',
  why: 'Every reader learns which software to look holes up for, and how the inside is laid out.',
  remedy: [{ platform: '*', text: 'Nothing: the fields were taken out. See headers.outgoing for the list.' }],
  references: ['RFC 5321 §7.2'],
  threat: 'recon/greeting',
  action: 'note',
  reply: REPLIES.refusedMessage,
};

/**
 * Takes fields out of the header, with a list for each direction: from outside what pretends to be ours, from inside what tells of the
 * inside. Names end with `*` where all that begin so are meant. A `Received` field that tells of the inside leaves one of ours in its place,
 * or nobody could see any more that a message runs in a circle (RFC 5321 §6.3).
 */
export const headerFirewall: Scrub = {
  name: 'header-firewall',
  rules: [claimsOurWord, notForReaders, tellsInside],
  prepare({ clock, options: { hostName, headers } }) {
    const incoming = nameTest(headers.incoming);
    const outgoing = nameTest(headers.outgoing);
    return ({ message, peer }) => {
      const { header } = message;
      const ruleOf = (field: EdgeField): EdgeRule | undefined => {
        if (field.name === 'bcc' || field.name === 'return-path') return notForReaders;
        if (peer.inside) return outgoing(field.name) ? tellsInside : undefined;
        if (incoming(field.name)) return claimsOurWord;
        return field.name === 'authentication-results' && isOurs(header, field, hostName) ? claimsOurWord : undefined;
      };
      let hits: Hit[] | undefined;
      let taken: HeaderChange[] | undefined;
      for (const field of header.fields) {
        const rule = ruleOf(field);
        if (rule === undefined) continue;
        hits ??= [];
        taken ??= [];
        taken.push(field.name === 'received' ? { ...field, by: neutralHop(hostName, clock.now()) } : field);
        hits.push({ rule, because: field.name });
      }
      if (taken === undefined || hits === undefined) return [];
      message.change(taken);
      return hits;
    };
  },
};

function neutralHop(hostName: string, at: number): Buffer {
  return Buffer.from(`Received: by ${hostName}; ${mailDate(at)}\r\n`, 'latin1');
}

/** The first word of Authentication-Results names who wrote it (RFC 8601 §2.2); comments before it are allowed, and used to hide it. */
function isOurs(header: EdgeHeader, field: EdgeField, hostName: string): boolean {
  const value = header.value(field).toLowerCase();
  return value.includes(hostName);
}

function nameTest(names: readonly string[]): (name: string) => boolean {
  const whole = new Set(names.filter((name) => !name.endsWith('*')).map((name) => name.toLowerCase()));
  const starts = names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1).toLowerCase());
  return (name) => whole.has(name) || starts.some((start) => name.startsWith(start));
}
