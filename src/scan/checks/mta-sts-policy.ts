import type { Evidence } from '../../finding/evidence.ts';
import type { Finding } from '../../finding/finding.ts';
import type { Rule } from '../../finding/rule.ts';
import { coversHost, type MtaStsPolicy, readMtaStsPolicy } from '../../wire/dns/mta-sts.ts';
import type { Check } from '../check.ts';
import type { Dossier } from '../dossier.ts';
import type { MtaStsPolicySeen } from '../probes/mta-sts-policy.ts';
import type { TlsSeen } from '../probes/visit-seen.ts';
import { visited } from './subjects.ts';

const THREAT = 'attack/phishing';
const PUBLISH = {
  platform: 'Web server',
  text: 'Serve the policy as text/plain at https://mta-sts.example.com/.well-known/mta-sts.txt, without a redirect.',
  config: 'version: STSv1\nmode: enforce\nmx: mx.example.com\nmax_age: 604800',
} as const;

export const policyMissing: Rule = {
  id: 'mta-sts/no-policy',
  severity: 'low',
  title: 'The MTA-STS record promises a policy, and there is none to fetch',
  why: 'Senders act as if there were no MTA-STS: whoever sits in between can take TLS away.',
  remedy: [PUBLISH],
  references: ['RFC 8461 §3.3'],
  threat: THREAT,
};
export const policyDistrusted: Rule = {
  id: 'mta-sts/policy-certificate',
  severity: 'low',
  title: 'The certificate of the host that serves the MTA-STS policy is not good for its name',
  why: 'Senders must not believe the policy, so that it protects nobody.',
  remedy: [
    {
      platform: 'Web server',
      text: 'Get a certificate for the name, and renew it by a timer.',
      config: 'certbot certonly --webroot -w /var/www/html -d mta-sts.example.com',
    },
  ],
  references: ['RFC 8461 §3.3'],
  threat: THREAT,
};
export const policyBroken: Rule = {
  id: 'mta-sts/policy-broken',
  severity: 'low',
  title: 'The MTA-STS policy cannot be read',
  why: 'Senders act as if there were none.',
  remedy: [PUBLISH],
  references: ['RFC 8461 §3.2'],
  threat: THREAT,
};
export const notEnforced: Rule = {
  id: 'mta-sts/not-enforced',
  severity: 'info',
  title: 'The MTA-STS policy asks nobody to insist on TLS',
  why: 'In the modes testing and none, mail is delivered to whoever answers, in clear if he wants it so.',
  remedy: [
    {
      platform: 'Web server',
      text: 'Once TLS reports stay clean, enforce it, and change the id of the record.',
      config: 'mode: enforce',
    },
  ],
  references: ['RFC 8461 §5'],
  threat: THREAT,
};
export const notCovered: Rule = {
  id: 'mta-sts/mx-not-covered',
  severity: 'high',
  title: 'The enforced MTA-STS policy leaves out a mail server of the domain',
  why: 'Senders that keep the policy do not deliver to that server: with it alone, mail of the large providers stays away.',
  remedy: [
    {
      platform: 'Web server',
      text: 'Name every MX of the domain in the policy, and change the id of the record.',
      config: 'mx: mx.example.com',
    },
  ],
  references: ['RFC 8461 §4.1'],
  threat: THREAT,
};
export const notCoveredYet: Rule = {
  id: 'mta-sts/mx-not-covered-yet',
  severity: 'low',
  title: 'The MTA-STS policy in test leaves out a mail server of the domain',
  why: 'Mail to that server stays away on the day on which the policy is enforced.',
  remedy: notCovered.remedy,
  references: ['RFC 8461 §4.1'],
  threat: THREAT,
};
export const failsOwnPolicy: Rule = {
  id: 'mta-sts/mx-certificate',
  severity: 'high',
  title: 'A mail server does not meet the MTA-STS policy that its domain enforces',
  why: 'Senders that keep the policy deliver nothing there.',
  remedy: [
    {
      platform: '*',
      text: 'Offer STARTTLS with a certificate of a public authority for the name in the MX record, and renew it by a timer.',
      config: 'certbot certonly --standalone -d mx.example.com --deploy-hook "systemctl reload postfix"',
    },
  ],
  references: ['RFC 8461 §4.2'],
  threat: THREAT,
};
export const shortAge: Rule = {
  id: 'mta-sts/short-age',
  severity: 'info',
  title: 'The MTA-STS policy is forgotten within a day',
  why: 'Whoever blocks the policy for that long gets rid of it.',
  remedy: [{ platform: 'Web server', text: 'Let it live for weeks.', config: 'max_age: 1209600' }],
  references: ['RFC 8461 §3.2', 'RFC 8461 §10.2'],
  threat: THREAT,
};

const DAY = 86_400;
/** Characters of a policy that evidence quotes. */
const QUOTE_MAX = 500;

/** Judges the policy file of MTA-STS, and the mail servers by it. */
export const mtaStsPolicy: Check = {
  rules: [
    policyMissing,
    policyDistrusted,
    policyBroken,
    notEnforced,
    notCovered,
    notCoveredYet,
    failsOwnPolicy,
    shortAge,
  ],
  *judge(dossier): Generator<Finding> {
    const seen = dossier.domain['mta-sts-policy'];
    if (seen === undefined || seen.state === 'not-asked') return;
    const subject = dossier.target;
    if (seen.state !== 'found') {
      const rule = {
        'no-host': policyMissing,
        'other-answer': policyMissing,
        distrusted: policyDistrusted,
        broken: policyBroken,
      };
      yield { rule: rule[seen.state], subject, evidence: [answerOf(seen)] };
      return;
    }
    const policy = readMtaStsPolicy(seen.body);
    if ('fault' in policy) {
      const quote = `${policy.fault}: ${seen.body.slice(0, QUOTE_MAX)}`;
      yield { rule: policyBroken, subject, evidence: [{ kind: 'http', url: seen.url, status: 200, quote }] };
      return;
    }
    const evidence = [answerOf(seen)] as const;
    if (policy.mode !== 'enforce') yield { rule: notEnforced, subject, evidence };
    if (policy.mode !== 'none' && policy.maxAge < DAY) yield { rule: shortAge, subject, evidence };
    if (policy.mode !== 'none') yield* uncovered(dossier, policy, evidence);
    if (policy.mode === 'enforce') yield* failing(dossier, evidence);
  },
};

function answerOf(seen: Exclude<MtaStsPolicySeen, { state: 'not-asked' }>): Evidence {
  if (seen.state === 'no-host') return { kind: 'http', url: seen.url, status: 0, quote: 'its host does not exist' };
  if (seen.state === 'found')
    return { kind: 'http', url: seen.url, status: 200, quote: seen.body.slice(0, QUOTE_MAX).trim() };
  return { kind: 'http', url: seen.url, status: seen.status, quote: seen.detail };
}

function* uncovered(dossier: Dossier, { mode, mx }: MtaStsPolicy, evidence: readonly [Evidence]): Generator<Finding> {
  const rule = mode === 'enforce' ? notCovered : notCoveredYet;
  for (const { name, preference } of dossier.servers) {
    // RFC 8461 §4.1 speaks of hosts that MX records name.
    if (preference === null || mx.some((pattern) => coversHost(pattern, name))) continue;
    const record: Evidence = { kind: 'record', name: dossier.target, type: 'MX', data: `${preference} ${name}.` };
    yield { rule, subject: name, evidence: [...evidence, record] };
  }
}

/** Servers on port 25 that a sender who keeps the policy would turn away from (RFC 8461 §4.2). */
function* failing(dossier: Dossier, evidence: readonly [Evidence]): Generator<Finding> {
  for (const { visit, subject, endpoint } of visited(dossier)) {
    if (endpoint.port !== 25 || visit.steps.ehlo === undefined) continue;
    const { tls } = visit;
    // What this program cannot speak, and what it did not come to, proves nothing.
    if (tls === undefined ? visit.ended.how !== 'done' : tls.state === 'failed' && (tls.fault ?? 'ours') === 'ours')
      continue;
    const quote = whyTurned(tls);
    if (quote !== null)
      yield { rule: failsOwnPolicy, subject, evidence: [...evidence, { kind: 'tls', host: subject, quote }] };
  }
}

/** Null for a server that such a sender is content with. */
function whyTurned(tls: TlsSeen | undefined): string | null {
  if (tls === undefined) return 'no TLS';
  if (tls.state === 'failed') return tls.detail;
  if (tls.distrust !== null) return tls.distrust;
  return tls.nameMatches ? null : 'the certificate names another host';
}
