import type { Rule } from '../../finding/rule.ts';
import { type Clue, disclose } from '../clue.ts';

const rule: Rule = {
  id: 'header/received-software',
  severity: 'medium',
  title: 'Received lines name the mail software, often with its version',
  why: 'Whoever gets one mail or one bounce can look up the known holes of each server on the way, without touching any of them.',
  remedy: [
    { platform: 'Postfix', text: 'Name no software in headers.', config: 'mail_name = ESMTP' },
    {
      platform: 'Exim',
      text: 'Write Received lines without $version_number.',
      config: 'received_header_text = Received: by $primary_hostname id $message_exim_id',
    },
    {
      platform: 'Sendmail',
      text: 'Leave $v and $Z out of the Received format.',
      config: "define(`confRECEIVED_HEADER', `$?sfrom $s $.by $j id $i; $b')",
    },
    {
      platform: 'Exchange',
      text: 'Let the edge gateway, or a transport rule on the outgoing connector, remove inner Received lines.',
      config:
        'Get-SendConnector | Remove-ADPermission -User "NT AUTHORITY\\ANONYMOUS LOGON" -ExtendedRights ms-Exch-Send-Headers-Routing',
    },
    { platform: '*', text: 'Strip inner Received lines at the last server of your own.' },
  ],
  references: ['RFC 5321 §4.4', 'RFC 5321 §7.8', 'CWE-200'],
  threat: 'recon/bounce',
};

/** Names and versions that Received lines tell. */
export const receivedSoftware: Clue = {
  rules: [rule],
  *find(seen) {
    for (const { software, where } of seen.received) {
      if (software === undefined || software.client) continue;
      if (software.version === null) yield disclose(rule, 'software', software.name, where, 'low');
      else yield disclose(rule, 'version', `${software.name} ${software.version}`, where);
    }
  },
};
