import type { NdrReport } from '../../src/finding/ndr-report.ts';
import type { Rule } from '../../src/finding/rule.ts';

const software: Rule = {
  id: 'header/received-software',
  severity: 'medium',
  title: 'Received lines name the mail software, often with its version',
  why: 'Whoever gets one bounce can look up the known holes of each server on the way.',
  remedy: [
    { platform: 'Postfix', text: 'Name no software in headers.', config: 'mail_name = ESMTP' },
    { platform: 'Exchange', text: 'Turn the header firewall on.', config: 'Get-SendConnector | Remove-ADPermission' },
    { platform: '*', text: 'Strip inner Received lines at the last server of your own.' },
  ],
  references: ['RFC 5321 §4.4'],
  threat: 'recon/bounce',
};
const inside: Rule = {
  ...software,
  id: 'header/internal-host',
  severity: 'low',
  title: 'Names and addresses of the inside are told',
  why: 'They draw a map of the network for whoever gets in.',
};

/** The bounce of an Exchange 2007 for a mailbox that does not exist. */
export const bounce: NdrReport = {
  file: 'bounce.eml',
  isBounce: true,
  kind: 'failure',
  reporter: {
    vendor: 'Microsoft',
    product: 'Exchange Server 2007',
    version: '8.1.240.5',
    versionRange: null,
    os: null,
    cpe: null,
    certainty: 0.98,
    because: [{ clue: 'bounce', value: 'Sent by Microsoft Exchange Server 2007' }],
  },
  reportingHost: 'mail.contoso.example',
  recipients: [
    {
      address: 'nobody@contoso.example',
      originalAddress: null,
      action: 'failed',
      status: '5.1.1',
      replyCode: '550',
      reason: 'userunknown',
      diagnostic: '#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##',
      remoteHost: null,
      lhost: 'EXCH01.corp.contoso.example',
    },
  ],
  original: {
    messageId: '<1@scan.example.net>',
    from: 'probe@scan.example.net',
    to: 'nobody@contoso.example',
    subject: 'Hello',
    date: 'Tue, 24 Nov 2026 09:12:50 +0100',
  },
  hops: [
    {
      from: 'laptop',
      by: 'EXCH01.corp.contoso.example',
      with: 'mapi',
      address: '10.0.0.12',
      at: '2026-11-24T08:12:50.000Z',
      software: null,
      id: null,
      for: null,
      delay: null,
      tls: null,
      doubts: [],
    },
    {
      from: 'EXCH01.corp.contoso.example',
      by: 'mail.contoso.example',
      with: 'ESMTPS',
      address: '10.0.0.5',
      at: '2026-11-24T10:30:50.000Z',
      software: 'Microsoft SMTP Server 8.1.240.5',
      id: '8.1.240.5',
      for: 'nobody@contoso.example',
      delay: 8280,
      tls: 'TLSv1.0',
      doubts: ['the hop before ends at another name'],
    },
  ],
  disclosures: [
    {
      kind: 'version',
      value: 'Microsoft SMTP Server 8.1.240.5',
      where: 'Received[1]',
      severity: 'medium',
      rule: software,
    },
    {
      kind: 'internal-host',
      value: 'EXCH01.corp.contoso.example',
      where: 'Received[1]',
      severity: 'low',
      rule: inside,
    },
    { kind: 'internal-address', value: '10.0.0.5', where: 'Received[1]', severity: 'low', rule: inside },
  ],
};

/** A bounce in which every string is `hostile`. */
export function hostileBounce(hostile: string): NdrReport {
  return JSON.parse(JSON.stringify(bounce), (key, value: unknown) =>
    typeof value === 'string' && !['kind', 'action', 'reason', 'severity', 'id', 'at'].includes(key) ? hostile : value,
  ) as NdrReport;
}
