import type { Rule } from '../../finding/rule.ts';
import { addressIn } from '../../wire/dsn/received.ts';
import { type Clue, disclose } from '../clue.ts';
import { isInternalAddress } from '../internal.ts';

const software: Rule = {
  id: 'header/product-field',
  severity: 'low',
  title: 'Fields of one product name the server software',
  why: 'Fields that only one product writes name it even where greeting and Received lines are silent; some hold the full version.',
  remedy: [
    {
      platform: 'Exchange',
      text: 'Turn the header firewall on for connectors to the Internet, so that X-MS-Exchange-Organization fields stay inside.',
    },
    { platform: 'Domino', text: 'Set the notes.ini variable.', config: 'SMTPNotesDisableMimeTrack=1' },
    { platform: '*', text: 'Remove the fields at the last server of your own.' },
  ],
  references: ['RFC 6648', 'CWE-200'],
  threat: 'recon/bounce',
};

const filter: Rule = {
  id: 'header/filter',
  severity: 'medium',
  title: 'Fields show which filter looks at mail, and what it thought',
  why: 'An attacker who sees the filter, its version and its score can tune his mail at home until that filter lets it pass.',
  remedy: [
    {
      platform: 'SpamAssassin',
      text: 'Add report fields to incoming mail only, without host and version.',
      config: 'remove_header all Checker-Version',
    },
    {
      platform: 'Amavis',
      text: 'Write a neutral notice, or none on outgoing mail.',
      config: '$X_HEADER_LINE = "processed"; # or undef',
    },
    { platform: 'Exchange', text: 'Let outgoing mail leave through a connector whose header firewall is on.' },
    { platform: '*', text: 'Remove verdict fields from mail that leaves, and from mail that a bounce returns.' },
  ],
  references: ['CVE-2019-20634', 'RFC 8601 §5', 'CWE-200'],
  threat: 'attack/phishing',
};

/** Fields that products and filters leave, by a table. The value is quoted where it is short, since it often holds the version. */
export const productField: Clue = {
  rules: [software, filter],
  *find(seen) {
    for (const { name, value, where } of seen.fields) {
      const told = seen.telltale.find(name);
      if (told === undefined) continue;
      const rule = told.kind === 'filter' ? filter : software;
      const version = told.kind === 'software' || told.kind === 'filter' ? versionIn(name, value) : undefined;
      if (version !== undefined)
        yield disclose(rule, 'version', `${namedIn(value, version) ?? told.product} ${version}`, where, 'medium');
      if (told.kind === 'filter') yield disclose(rule, 'filter', `${told.product}: ${value}`, where, told.severity);
      else if (told.kind === 'internal-address') {
        // Addresses of the inner network are told by the clue that looks for them everywhere.
        const address = addressIn(value);
        if (address !== null && !isInternalAddress(address))
          yield disclose(rule, told.kind, address, where, told.severity);
      } else yield disclose(rule, told.kind, told.kind === 'software' ? told.product : value, where, told.severity);
    }
  },
};

/** Fields whose number is what the filter thought of the message. */
const VERDICT = /score|status|level|flag|result|report|bogosity|probability|spamicity/;

/** A dotted number that is no date, address or score: at least one dot, and `v`, a blank or a word mark before it. */
function versionIn(name: string, value: string): string | undefined {
  const said = /\b(?:version|release)[= ]+v?(\d{1,3}(?:\.\d{1,6}){1,4}[A-Za-z]{0,2}\d{0,3})/i.exec(
    value.slice(0, 1000),
  );
  if (said !== null) return said[1];
  // TLS has versions too.
  if (VERDICT.test(name) || /\b(?:TLS|SSL)v?\d/i.test(value) || /^\s*-?\d+\.\d+\s*$/.test(value)) return undefined;
  const found =
    /(?:^|[\sv(/]|(?<=[A-Za-z])-)(\d{1,3}\.\d{1,5}(?:\.\d{1,6}){0,4}[a-z]?(?:-\d+(?:\.\d+)*)?)(?=$|[\s,;()/"')-])/.exec(
      value.slice(0, 200),
    );
  const version = found?.[1];
  return version === undefined ||
    /^\d{1,2}\.\d{1,2}\.(?:19|20)\d\d$/.test(version) ||
    (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(version) &&
      version.split('.').every((part) => Number(part) < 256) &&
      !/v(?:ersion)?\.? ?$/i.test(value.slice(0, found?.index)))
    ? undefined
    : version;
}

/** The product that a version follows, where a field of many products names its own: `amavisd-new 2.12.2`. */
function namedIn(value: string, version: string): string | undefined {
  const before = value.slice(0, value.indexOf(version)).slice(-40);
  const word = /(?:^|[\s(;,])([A-Za-z][A-Za-z-]{2,30})(?:[ /-]| version )$/.exec(before)?.[1];
  return word === undefined || NO_NAME.test(word) ? undefined : word;
}

const NO_NAME = /^(?:version|release|by|with|using|engine|and|the|on|at|from|score|required)$/i;
