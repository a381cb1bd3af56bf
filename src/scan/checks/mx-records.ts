import type { Finding } from '../../finding/finding.ts';
import type { Rule } from '../../finding/rule.ts';
import { isInside, readIpv4, readIpv6 } from '../../wire/ip/address.ts';
import type { Check } from '../check.ts';
import { recordOf } from './subjects.ts';

const MX_REFERENCES = ['RFC 5321 §5.1', 'RFC 2181 §10.3'] as const;

export const noMailServer: Rule = {
  id: 'mx/none',
  severity: 'low',
  title: 'The domain has neither MX nor address, and does not say that it takes no mail',
  why: 'Anyone can write in the name of a domain that receives no bounces and no complaints, and senders try for days.',
  remedy: [{ platform: 'DNS', text: 'Say that the domain takes no mail.', config: 'example.com.  MX  0 .' }],
  references: ['RFC 7505 §3'],
  threat: 'recon/dns',
};
export const implicitMx: Rule = {
  id: 'mx/implicit',
  severity: 'low',
  title: 'The domain has no MX record, so mail goes to its own address',
  why: 'A web server that also listens on port 25 becomes the mail server of the domain, unseen and unattended.',
  remedy: [
    {
      platform: 'DNS',
      text: 'Name the mail server, or say that there is none.',
      config: 'example.com.  MX  10 mx.example.com.',
    },
  ],
  references: MX_REFERENCES,
  threat: 'recon/dns',
};
export const nullMxMixed: Rule = {
  id: 'mx/null-mixed',
  severity: 'medium',
  title: 'A null MX stands beside other MX records',
  why: 'Senders read it in two ways: some deliver, some refuse at once, and an attacker can pick who is not warned.',
  remedy: [{ platform: 'DNS', text: 'Keep either the null MX alone or the other records alone.' }],
  references: ['RFC 7505 §3'],
  threat: 'recon/dns',
};
export const mxIsAlias: Rule = {
  id: 'mx/alias',
  severity: 'low',
  title: 'An MX names an alias (CNAME)',
  why: 'Some senders do not deliver through it, and the name that TLS and DANE are held against is not the one that is published.',
  remedy: [{ platform: 'DNS', text: 'Let the MX name the host itself.' }],
  references: MX_REFERENCES,
  threat: 'recon/dns',
};
export const mxIsAddress: Rule = {
  id: 'mx/address',
  severity: 'medium',
  title: 'An MX holds an IP address where a name belongs',
  why: 'No sender that keeps to the standard delivers there: mail is lost or late.',
  remedy: [{ platform: 'DNS', text: 'Give the host a name with an A record, and let the MX name it.' }],
  references: MX_REFERENCES,
  threat: 'recon/dns',
};
export const mxUnresolvable: Rule = {
  id: 'mx/unresolvable',
  severity: 'high',
  title: 'An MX names a host that does not exist',
  why: 'Whoever can register that name, or claim it where it is hosted, receives the mail of this domain. If nobody can, mail is lost or late.',
  remedy: [{ platform: 'DNS', text: 'Remove the MX, or give the host an address.' }],
  references: ['RFC 5321 §5.1'],
  threat: 'recon/dns',
};
export const mxPrivate: Rule = {
  id: 'mx/private-address',
  severity: 'medium',
  title: 'An MX leads to an address that only exists inside a network',
  why: 'It shows how the inside is numbered; and in any other network, mail goes to whoever has that address there.',
  remedy: [{ platform: 'DNS', text: 'Publish the public address only; keep inside addresses in inside DNS.' }],
  references: ['RFC 1918 §3', 'RFC 6890 §2.2'],
  threat: 'recon/dns',
};
export const mxCount: Rule = {
  id: 'mx/too-many',
  severity: 'low',
  title: 'There are more MX records than any sender tries',
  why: 'Senders give up after a few, and each answer is a large one that can be used against others.',
  remedy: [{ platform: 'DNS', text: 'Keep two to five MX records.' }],
  references: ['RFC 5321 §5.1'],
  threat: 'recon/dns',
};

/** More MX records than this are no plan. */
const MX_SENSIBLE = 20;

export const mxRecords: Check = {
  rules: [noMailServer, implicitMx, nullMxMixed, mxIsAlias, mxIsAddress, mxUnresolvable, mxPrivate, mxCount],
  *judge({ target, domain }): Generator<Finding> {
    const map = domain['mail-map'];
    if (map === undefined) return;
    const domainRecord = recordOf(
      target,
      'MX',
      map.records.map(({ preference, exchange }) => `${preference} ${exchange}.`).join(', ') || 'no MX record',
    );
    if (map.kind === 'none') yield { rule: noMailServer, subject: target, evidence: [domainRecord] };
    if (map.kind === 'implicit') yield { rule: implicitMx, subject: target, evidence: [domainRecord] };
    if (map.kind === 'mx' && map.records.some(({ exchange }) => exchange === ''))
      yield { rule: nullMxMixed, subject: target, evidence: [domainRecord] };
    if (map.recordCount > MX_SENSIBLE) {
      yield { rule: mxCount, subject: target, evidence: [recordOf(target, 'MX', `${map.recordCount} records`)] };
    }
    for (const server of map.servers) {
      const own = recordOf(target, 'MX', `${server.preference ?? '-'} ${server.name}.`);
      if (readIpv4(server.name) !== null || readIpv6(server.name) !== null) {
        yield { rule: mxIsAddress, subject: server.name, evidence: [own] };
        continue;
      }
      const [alias] = server.aliases;
      if (alias !== undefined && map.kind === 'mx')
        yield { rule: mxIsAlias, subject: server.name, evidence: [own, recordOf(server.name, 'CNAME', `${alias}.`)] };
      if (server.missing === 'no-such-name')
        yield {
          rule: mxUnresolvable,
          subject: server.name,
          evidence: [own, recordOf(server.name, 'A', 'no such name')],
        };
      const inside = server.addresses.find(isInside);
      if (inside !== undefined && map.kind === 'mx')
        yield {
          rule: mxPrivate,
          subject: server.name,
          evidence: [own, recordOf(server.name, inside.includes(':') ? 'AAAA' : 'A', inside)],
        };
    }
  },
};
