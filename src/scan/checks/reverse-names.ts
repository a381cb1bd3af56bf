import type { Finding } from '../../finding/finding.ts';
import type { Rule } from '../../finding/rule.ts';
import { reverseName } from '../../wire/ip/address.ts';
import type { Check } from '../check.ts';
import { recordOf } from './subjects.ts';

export const noPtr: Rule = {
  id: 'ptr/missing',
  severity: 'low',
  title: 'A mail server has no reverse name',
  why: 'Mail it sends is refused by many receivers, and nobody can tell its mail from that of an infected machine.',
  remedy: [{ platform: 'DNS', text: 'Ask the provider of the address for a PTR record that names the host.' }],
  references: ['RFC 1912 §2.1', 'RFC 5321 §4.1.4'],
  threat: 'recon/dns',
};
export const ptrUnconfirmed: Rule = {
  id: 'ptr/unconfirmed',
  severity: 'low',
  title: 'The reverse name of a mail server does not lead back to it',
  why: 'Receivers take such a name for a forged one; whoever holds the address range can claim any name.',
  remedy: [{ platform: 'DNS', text: 'Give the name that PTR holds an A or AAAA record with this address.' }],
  references: ['RFC 1912 §2.1'],
  threat: 'recon/dns',
};

export const reverseNames: Check = {
  rules: [noPtr, ptrUnconfirmed],
  *judge({ domain }): Generator<Finding> {
    for (const server of domain['mail-map']?.servers ?? []) {
      for (const { address, ptr, confirmed } of server.mapped) {
        if (ptr.state !== 'known') continue;
        const name = reverseName(address) ?? address;
        const [first] = ptr.value;
        if (first === undefined) yield { rule: noPtr, subject: server.name, evidence: [recordOf(name, 'PTR', 'none')] };
        else if (confirmed.state === 'known' && confirmed.value === null) {
          yield { rule: ptrUnconfirmed, subject: server.name, evidence: [recordOf(name, 'PTR', `${first}.`)] };
        }
      }
    }
  },
};
