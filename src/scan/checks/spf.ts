import type { Finding } from '../../finding/finding.ts';
import type { Rule } from '../../finding/rule.ts';
import { isSpf, readSpf } from '../../wire/dns/spf.ts';
import type { Check } from '../check.ts';
import type { SpfCost } from '../probes/spf-walk.ts';
import { recordOf } from './subjects.ts';

const SPF_HARD = {
  platform: 'DNS',
  text: 'Name the servers that send for the domain, and refuse the rest.',
  config: 'example.com.  TXT  "v=spf1 mx -all"',
} as const;

export const spfMissing: Rule = {
  id: 'spf/missing',
  severity: 'medium',
  title: 'The domain has no SPF record',
  why: 'Any machine can send in its name, and receivers have nothing to hold against it.',
  remedy: [{ ...SPF_HARD, text: `${SPF_HARD.text} If none does: "v=spf1 -all".` }],
  references: ['RFC 7208 §3'],
  threat: 'attack/phishing',
};
export const spfSeveral: Rule = {
  id: 'spf/several',
  severity: 'medium',
  title: 'The domain has more than one SPF record',
  why: 'Receivers then use none of them (permerror), so that forged mail is not told from real mail.',
  remedy: [
    {
      platform: 'DNS',
      text: 'Join the records into one: the mechanisms of all, and one all at the end.',
      config: 'example.com.  TXT  "v=spf1 mx include:_spf.example.net -all"',
    },
  ],
  references: ['RFC 7208 §4.5'],
  threat: 'attack/phishing',
};
export const spfBroken: Rule = {
  id: 'spf/broken',
  severity: 'medium',
  title: 'The SPF record cannot be read',
  why: 'Receivers answer permerror for the whole record: it protects nobody.',
  remedy: [SPF_HARD],
  references: ['RFC 7208 §4.6'],
  threat: 'attack/phishing',
};
export const spfAnyone: Rule = {
  id: 'spf/anyone',
  severity: 'high',
  title: 'The SPF record lets anyone send in the name of the domain',
  why: 'Forged mail passes SPF, and by it DMARC: it looks more genuine than with no record at all.',
  remedy: [SPF_HARD],
  references: ['RFC 7208 §5.1'],
  threat: 'attack/phishing',
};
export const spfBroad: Rule = {
  id: 'spf/broad',
  severity: 'medium',
  title: 'The SPF record covers a very large part of the Internet',
  why: 'An attacker needs one machine in those networks, and most can be rented by the hour.',
  remedy: [{ platform: 'DNS', text: 'Name the addresses that really send.' }],
  references: ['RFC 7208 §10.1.1'],
  threat: 'attack/phishing',
};
export const spfNeutral: Rule = {
  id: 'spf/neutral',
  severity: 'low',
  title: 'The SPF record says nothing about servers it does not name',
  why: 'Forged mail gets the answer "neutral", as if there were no record.',
  remedy: [SPF_HARD],
  references: ['RFC 7208 §5.1'],
  threat: 'attack/phishing',
};
export const spfLookups: Rule = {
  id: 'spf/too-many-lookups',
  severity: 'medium',
  title: 'The SPF record asks more of DNS than receivers allow',
  why: 'Receivers stop at ten questions with permerror, so that real mail loses its proof and forged mail is not refused.',
  remedy: [
    { platform: 'DNS', text: 'Drop includes that are not used any more, and name addresses instead of a and mx.' },
  ],
  references: ['RFC 7208 §4.6.4'],
  threat: 'attack/phishing',
};
export const spfVoids: Rule = {
  id: 'spf/too-many-voids',
  severity: 'low',
  title: 'The SPF record names several hosts or domains that are not there',
  why: 'Many receivers stop at the third question without an answer, with permerror: real mail loses its proof.',
  remedy: [{ platform: 'DNS', text: 'Take the names out that have no such record any more.' }],
  references: ['RFC 7208 §4.6.4'],
  threat: 'attack/phishing',
};
export const spfDangling: Rule = {
  id: 'spf/dangling-include',
  severity: 'high',
  title: 'The SPF record includes a domain that does not exist',
  why: 'Whoever registers it decides who may send in the name of this one; until then the record is a permerror.',
  remedy: [{ platform: 'DNS', text: 'Remove the include.' }],
  references: ['RFC 7208 §5.2'],
  threat: 'attack/phishing',
};
export const spfBadInclude: Rule = {
  id: 'spf/bad-include',
  severity: 'medium',
  title: 'The SPF record includes a domain without a usable SPF record',
  why: 'Receivers answer permerror for the whole record.',
  remedy: [{ platform: 'DNS', text: 'Remove the include, or ask its owner to publish a record.' }],
  references: ['RFC 7208 §5.2'],
  threat: 'attack/phishing',
};
export const spfPtr: Rule = {
  id: 'spf/ptr',
  severity: 'low',
  title: 'The SPF record uses ptr',
  why: 'It is slow and unsure, and many receivers skip it: what it should let in is refused, and now and then the other way round.',
  remedy: [{ platform: 'DNS', text: 'Name addresses with ip4 and ip6 instead.' }],
  references: ['RFC 7208 §5.5'],
  threat: 'attack/phishing',
};

/** RFC 7208 §4.6.4. */
const LOOKUPS_MAX = 10;
/** RFC 7208 §4.6.4. */
const VOIDS_MAX = 2;
/** A /8: nobody has that many mail servers. */
const BROAD = 2 ** 24;
const WHOLE = 2 ** 32;
/** Registries give whole providers a /20 or less. */
const BROAD_IPV6 = 19;

/** How much of the Internet passes, includes counted. */
function coverage({ ipv4Addresses, widestIpv6 = null }: SpfCost): 'all' | 'broad' | 'some' {
  if (ipv4Addresses >= WHOLE || widestIpv6 === 0) return 'all';
  return ipv4Addresses >= BROAD || (widestIpv6 !== null && widestIpv6 <= BROAD_IPV6) ? 'broad' : 'some';
}

export const spf: Check = {
  rules: [
    spfMissing,
    spfSeveral,
    spfBroken,
    spfAnyone,
    spfBroad,
    spfNeutral,
    spfLookups,
    spfVoids,
    spfDangling,
    spfBadInclude,
    spfPtr,
  ],
  *judge({ target, domain }): Generator<Finding> {
    const policies = domain['policy-records'];
    // Without a mail map it is not even known that the domain exists.
    if (policies?.spf.state !== 'known' || domain['mail-map'] === undefined) return;
    const found = policies.spf.value;
    // RFC 7208 §4.5: what only looks like SPF is dropped, if a real record stands beside it.
    const real = found.filter(isSpf);
    const [text] = real.length > 0 ? real : found;
    if (text === undefined)
      return void (yield {
        rule: spfMissing,
        subject: target,
        evidence: [recordOf(target, 'TXT', 'no v=spf1 record')],
      });
    const record = recordOf(target, 'TXT', text);
    if (real.length > 1)
      return void (yield {
        rule: spfSeveral,
        subject: target,
        evidence: [record, ...real.slice(1).map((other) => recordOf(target, 'TXT', other))],
      });
    const read = readSpf(text);
    if ('fault' in read) return void (yield { rule: spfBroken, subject: target, evidence: [record] });
    const all = read.terms.find(({ kind }) => kind === 'all');
    const redirected = read.terms.some(({ kind }) => kind === 'redirect');
    const cost = policies.spfCost;
    const anyone = (all?.kind === 'all' && all.qualifier === '+') || (cost !== null && coverage(cost) === 'all');
    if (anyone) yield { rule: spfAnyone, subject: target, evidence: [record] };
    else if (cost !== null && coverage(cost) === 'broad') yield { rule: spfBroad, subject: target, evidence: [record] };
    if ((all === undefined && !redirected) || (all?.kind === 'all' && all.qualifier === '?'))
      yield { rule: spfNeutral, subject: target, evidence: [record] };
    if (read.terms.some(({ kind }) => kind === 'ptr')) yield { rule: spfPtr, subject: target, evidence: [record] };
    if (cost === null) return;
    if (cost.lookups > LOOKUPS_MAX)
      yield {
        rule: spfLookups,
        subject: target,
        evidence: [record, recordOf(target, 'TXT', `${cost.lookups} terms that ask DNS`)],
      };
    if (cost.voids > VOIDS_MAX)
      yield {
        rule: spfVoids,
        subject: target,
        evidence: [record, recordOf(target, 'TXT', `${cost.voids} terms that find nothing`)],
      };
    for (const include of cost.includes) {
      const evidence = [
        record,
        recordOf(include.domain, 'TXT', include.state === 'no-such-name' ? 'no such name' : include.state),
      ] as const;
      // Nobody else can register a name below one's own.
      const own = include.domain === target || include.domain.endsWith(`.${target}`);
      if (include.state === 'no-such-name' && !own) yield { rule: spfDangling, subject: target, evidence };
      else if (['no-such-name', 'no-record', 'several-records', 'broken', 'loop'].includes(include.state))
        yield { rule: spfBadInclude, subject: target, evidence };
    }
  },
};
