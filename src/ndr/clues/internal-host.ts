import type { Disclosure } from '../../finding/ndr-report.ts';
import type { Rule } from '../../finding/rule.ts';
import { type Clue, disclose, type SeenMessage } from '../clue.ts';
import { isInternalAddress, isInternalName } from '../internal.ts';
import { serversIn } from '../reporting-host.ts';

const rule: Rule = {
  id: 'header/internal-host',
  severity: 'medium',
  title: 'Headers or reports name hosts of the inner network',
  why: 'The names tell how the network is built, what its domain is called and which machines are worth reaching; they make phishing and lateral movement credible.',
  remedy: [
    {
      platform: 'Postfix',
      text: 'Remove inner Received lines on the way out, and give the machine a public name.',
      config: '# smtp_header_checks\n/^Received: .*\\.(local|lan|internal|corp)\\b/ IGNORE',
    },
    {
      platform: 'Exchange',
      text: "Let the header firewall act on connectors to the Internet, and set the connector's FQDN to the public name.",
      config: 'Set-SendConnector "Internet" -Fqdn mail.example.com',
    },
    {
      platform: 'Exim',
      text: 'Set primary_hostname to the public name; remove inner Received lines in the remote_smtp transport.',
      config: 'headers_remove = Received',
    },
    { platform: '*', text: 'Do not bounce to the outside: refuse unknown recipients at RCPT.' },
  ],
  references: ['RFC 5321 §7.6', 'CWE-200'],
  threat: 'recon/bounce',
};

/** Names that only the inner network knows: in Received lines, Message-IDs, the delivery report and its text. */
export const internalHost: Clue = {
  rules: [rule],
  *find(seen) {
    yield* inReceived(seen);
    for (const { name, value, where } of seen.fields) {
      if (name === 'message-id' || name === 'references' || name === 'in-reply-to') {
        for (const host of hostsAfterAt(value))
          if (host.includes('.') && isInternalName(host)) yield disclose(rule, 'internal-host', host, where);
      } else if (TELLING_FIELDS.has(name)) {
        for (const host of words(value))
          if (host.includes('.') && isInternalName(host)) yield disclose(rule, 'internal-host', host, where);
      } else if (name === 'reporting-mta' || name === 'remote-mta' || name === 'received-from-mta') {
        const host = value
          .slice(value.indexOf(';') + 1)
          .trim()
          .split(/[\s(]/)[0] as string;
        if (isInternalName(host)) yield disclose(rule, 'internal-host', host, where);
      }
    }
    for (const { host } of serversIn(seen.lines.join('\n')))
      yield disclose(rule, 'internal-host', host, 'text', isInternalName(host) ? 'medium' : 'low');
  },
};

/** Fields whose value names the host that wrote them. */
const TELLING_FIELDS = new Set([
  'x-ms-exchange-organization-authsource',
  'x-clientproxiedby',
  'x-ms-exchange-crosstenant-authsource',
  'x-spam-checker-version',
  'x-originating-server',
  'x-source-host',
  'x-mailer-host',
  'x-server',
  'x-host',
  'x-x-sender',
  'authentication-results',
  'x-antispam-server',
  'thread-server',
  'x-authentication-warning',
]);

function* inReceived(seen: SeenMessage): Generator<Disclosure> {
  for (const { received, where } of seen.received) {
    for (const name of [received.from, received.helo, received.by]) {
      if (name !== null && isInternalName(name)) yield disclose(rule, 'internal-host', name, where);
    }
    // A public name with a private address is a machine inside, too.
    const owner = received.address !== null && isInternalAddress(received.address) ? received.from : null;
    if (owner !== null && /[a-z]/i.test(owner) && owner.includes('.') && !isInternalName(owner))
      yield disclose(rule, 'internal-host', owner, where, 'low');
    const holder = received.byAddress !== null && isInternalAddress(received.byAddress) ? received.by : null;
    if (holder?.includes('.') === true && !isInternalName(holder))
      yield disclose(rule, 'internal-host', holder, where, 'low');
  }
}

function words(value: string): string[] {
  return value
    .slice(0, 2000)
    .split(/[\s()<>[\];,="]+/)
    .map((word) => word.replace(/:$/, ''));
}

function hostsAfterAt(value: string): string[] {
  return value
    .slice(0, 2000)
    .split('@')
    .slice(1)
    .map((rest) => (/^[A-Za-z0-9._-]*/.exec(rest) as RegExpExecArray)[0]);
}
