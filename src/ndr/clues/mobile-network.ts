import type { Rule } from '../../finding/rule.ts';
import { type Clue, disclose } from '../clue.ts';

const rule: Rule = {
  id: 'header/mobile-network',
  severity: 'low',
  title: 'Headers show a phone and its network',
  why: 'It tells that a person is on the move, by which carrier, on what device: good for a text message that imitates the carrier.',
  remedy: [
    {
      platform: '*',
      text: 'Let phones submit through your own server, and strip their Received line and client fields there.',
    },
  ],
  references: ['CWE-200', 'CWE-359'],
  threat: 'recon/bounce',
};

const FIELDS = new Set([
  'x-msisdn',
  'x-nokia-msisdn',
  'x-up-subno',
  'x-mms-message-id',
  'x-mms-message-type',
  'x-wap-network-client-msisdn',
  'x-carrier',
  'x-network-type',
  'x-mobile',
  'x-sent-from-mobile',
  'x-network-info',
  'x-rim-org-msg-ref-id',
]);
/** Host names of carriers' data networks and of handset mail services. */
const HOSTS =
  /(?:^|\.)(?:mycingular\.net|myvzw\.com|tmodns\.net|spcsdns\.net|bis\d?\.[\w-]+\.blackberry\.com|blackberry\.com|wap\.[\w.-]+|gprs\.[\w.-]+|mobile\.[\w.-]+|umts\.[\w.-]+|spmode\.ne\.jp|panda-world\.ne\.jp|au-net\.ne\.jp|access-internet\.ne\.jp|dyn\.pl\.ppp|threembb\.co\.uk|pools\.vodafone-ip\.de|web\.vodafone\.de|wlan\.[\w.-]+|cust\.vodafone\.[\w.]+|mobile\.bsky)$/i;

/** Fields and host names that carriers and phones leave. */
export const mobileNetwork: Clue = {
  rules: [rule],
  *find(seen) {
    for (const { name, value, where } of seen.fields) {
      if (FIELDS.has(name))
        yield disclose(
          rule,
          'client',
          `${name}: ${value}`,
          where,
          name.includes('msisdn') || name === 'x-up-subno' ? 'high' : 'low',
        );
      if (
        (name === 'x-mailer' || name === 'user-agent') &&
        /\b(?:iphone|ipad|android|blackberry|windows phone|nokia|symbian|samsung)\b/i.test(value)
      )
        yield disclose(rule, 'client', `phone: ${value}`, where);
    }
    for (const { received, where } of seen.received) {
      const names = [
        received.from,
        received.helo,
        ...received.comments
          .filter(({ clause }) => clause === 'from')
          .flatMap(({ text }) => text.slice(0, 300).split(/[\s[\]()]+/)),
      ];
      const host = names.find((name) => name !== null && name !== undefined && HOSTS.test(name));
      if (host !== undefined && host !== null) yield disclose(rule, 'client', `mobile network: ${host}`, where);
    }
  },
};
