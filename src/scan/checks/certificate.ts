import { X509Certificate } from 'node:crypto';
import type { Evidence } from '../../finding/evidence.ts';
import type { Finding } from '../../finding/finding.ts';
import type { Rule } from '../../finding/rule.ts';
import type { Check } from '../check.ts';
import { visited } from './subjects.ts';

const NEW_CERTIFICATE = [
  {
    platform: '*',
    text: 'Get a certificate for the name in the MX record from a public authority, renew it by a timer, and have the server read it anew.',
    config: 'certbot certonly --standalone -d mx.example.com --deploy-hook "systemctl reload postfix"',
  },
] as const;

export const expired: Rule = {
  id: 'certificate/expired',
  severity: 'medium',
  title: 'The certificate of the mail server is not valid at this time',
  why: "Senders that insist on TLS stop delivering; the others learn to accept any certificate, an attacker's too.",
  remedy: NEW_CERTIFICATE,
  references: ['RFC 5280 §4.1.2.5'],
  threat: 'attack/phishing',
};
export const selfSigned: Rule = {
  id: 'certificate/untrusted',
  severity: 'low',
  title: 'No public authority vouches for the certificate',
  why: 'Nobody can tell it from that of someone in between. TLS still keeps out those who only listen.',
  remedy: NEW_CERTIFICATE,
  references: ['RFC 7435', 'RFC 8461 §4.2'],
  threat: 'attack/phishing',
};
export const wrongName: Rule = {
  id: 'certificate/name',
  severity: 'low',
  title: 'The certificate names another host',
  why: 'Senders that insist on the name (MTA-STS) do not deliver, and the name may tell of the inside.',
  remedy: NEW_CERTIFICATE,
  references: ['RFC 9525 §6', 'RFC 8461 §4.2'],
  threat: 'attack/phishing',
};
export const weakKey: Rule = {
  id: 'certificate/weak-key',
  severity: 'high',
  title: 'The key of the certificate is too short',
  why: 'It can be computed: whoever does so reads and forges what looks protected.',
  remedy: NEW_CERTIFICATE,
  references: ['RFC 9325 §4.5'],
  threat: 'attack/phishing',
};
export const endsSoon: Rule = {
  id: 'certificate/ends-soon',
  severity: 'info',
  title: 'The certificate ends within two weeks',
  why: 'If nobody renews it, mail begins to stay away on a day that nobody planned.',
  remedy: NEW_CERTIFICATE,
  references: ['RFC 5280 §4.1.2.5'],
  threat: 'attack/phishing',
};

const TWO_WEEKS = 14 * 86_400_000;
const RSA_LEAST = 2_048;

/** Judges certificates at the time of the scan, so that judging anew says the same. */
export const certificate: Check = {
  rules: [expired, selfSigned, wrongName, weakKey, endsSoon],
  *judge(dossier): Generator<Finding> {
    const at = Date.parse(dossier.finishedAt);
    for (const { visit, subject, server } of visited(dossier)) {
      if (visit.tls?.state !== 'established') continue;
      const { chain, distrust, nameMatches } = visit.tls;
      const leaf = read(chain[0]);
      if (leaf === null) continue;
      const quote = (text: string): readonly [Evidence] => [{ kind: 'tls', host: subject, quote: text }];
      const names = leaf.subjectAltName ?? leaf.subject;
      const [from, to] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
      const outside = at < from || at > to;
      if (outside) yield { rule: expired, subject, evidence: quote(`valid from ${leaf.validFrom} to ${leaf.validTo}`) };
      else if (to - at < TWO_WEEKS) yield { rule: endsSoon, subject, evidence: quote(`valid to ${leaf.validTo}`) };
      if (distrust !== null && distrust !== 'CERT_HAS_EXPIRED' && distrust !== 'CERT_NOT_YET_VALID') {
        yield {
          rule: selfSigned,
          subject,
          evidence: quote(`${distrust}; issued by ${leaf.issuer.replaceAll('\n', ', ')}`),
        };
      }
      if (!nameMatches)
        yield {
          rule: wrongName,
          subject,
          evidence: quote(`${names.replaceAll('\n', ', ')}; asked for ${server.name}`),
        };
      const bits = leaf.publicKey.asymmetricKeyDetails?.modulusLength;
      if (bits !== undefined && bits < RSA_LEAST)
        yield { rule: weakKey, subject, evidence: quote(`${leaf.publicKey.asymmetricKeyType} of ${bits} bits`) };
    }
  },
};

/** Null for bytes that are no certificate. */
function read(base64: string | undefined): X509Certificate | null {
  try {
    return base64 === undefined ? null : new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    return null;
  }
}
