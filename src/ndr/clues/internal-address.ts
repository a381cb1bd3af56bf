import type { Rule } from '../../finding/rule.ts';
import { addressIn } from '../../wire/dsn/received.ts';
import { type Clue, disclose } from '../clue.ts';
import { isInternalAddress } from '../internal.ts';

const rule: Rule = {
  id: 'header/internal-address',
  severity: 'medium',
  title: 'Headers or reports show addresses of the inner network',
  why: 'Private addresses show the address plan and the position of mail servers and clients: what an intruder needs first once he is inside.',
  remedy: [
    {
      platform: 'Postfix',
      text: 'Replace or drop Received lines of clients when they submit.',
      config:
        '# submission: cleanup_service_name=subcleanup with header_checks\n/^Received: from .*\\[(10\\.|192\\.168\\.)/ IGNORE',
    },
    {
      platform: 'Exchange',
      text: 'Remove X-Originating-IP and inner Received lines on the Internet connector (header firewall).',
    },
    { platform: '*', text: 'Strip what the inner network added at the last server of your own.' },
  ],
  references: ['RFC 1918', 'RFC 5321 §7.6', 'CWE-200'],
  threat: 'recon/bounce',
};

/** Fields that hold the address of a client or an inner server. */
const ADDRESS_FIELDS = new Set([
  'x-originating-ip',
  'x-clientproxiedby',
  'x-client-ip',
  'x-sender-ip',
  'x-real-ip',
  'x-remote-ip',
  'x-source-ip',
  'x-forwarded-for',
  'x-php-script',
  'x-authenticated-ip',
  'x-user-ip',
  'x-yahoo-post-ip',
  'x-originating-client-ip',
  'x-ms-exchange-antispam-relay',
  'received-from-mta',
  'x-envelope-host',
  'x-http-sender-ip',
  'x-spam-relays-internal',
]);

/** Private addresses in Received lines, in the fields that keep a client's address, and in a report's text. */
export const internalAddress: Clue = {
  rules: [rule],
  *find(seen) {
    for (const { received, where } of seen.received) {
      const texts = [
        received.from,
        received.by,
        ...received.comments
          .filter(({ clause }) => clause === 'from' || clause === 'by' || clause === '')
          .map(({ text }) => text),
      ];
      for (const text of texts)
        for (const address of privateIn(text ?? '')) yield disclose(rule, 'internal-address', address, where);
    }
    for (const { name, value, where } of seen.fields) {
      if (ADDRESS_FIELDS.has(name))
        for (const address of privateIn(value)) yield disclose(rule, 'internal-address', address, where);
      if (name === 'diagnostic-code' || name === 'remote-mta')
        for (const address of privateIn(value)) yield disclose(rule, 'internal-address', address, where);
    }
    for (const line of seen.lines)
      for (const address of privateIn(line)) yield disclose(rule, 'internal-address', address, 'text');
  },
};

const NONE: readonly string[] = [];
/** How an address of `isInternalAddress` begins; most lines hold none. */
const BEGINNING = /\b(?:10|100|169|172|192)\.\d|\bf[cde][0-9a-f]{2}:/i;

function privateIn(text: string): readonly string[] {
  if (!BEGINNING.test(text)) return NONE;
  return text
    .slice(0, 2000)
    .split(/[\s()[\]<>,;"'=]+/)
    .map((word) => addressIn(word))
    .filter((address): address is string => address !== null && isInternalAddress(address));
}
