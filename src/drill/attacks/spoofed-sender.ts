import type { Attack } from '../attack.ts';
import { delivers } from '../script.ts';
import { byArrival, scripted, writing } from '../scripted.ts';

/** Writes to the recipient in the recipient's own name, from outside. */
export const spoofedSender: Attack = scripted({
  name: 'spoofed-sender',
  title: 'Writes in the name of the own domain',
  threat: 'attack/phishing',
  control: 'edge/own-domain',
  severity: 'medium',
  gain: 'His letter looks as if a colleague had written it.',
  remedy: [
    {
      platform: '*',
      text: 'Refuse mail from outside whose sender is of your own domain and does not pass SPF or DKIM.',
    },
    {
      platform: 'Postfix',
      text: 'Refuse own senders from strangers.',
      config:
        'smtpd_sender_restrictions = permit_mynetworks, permit_sasl_authenticated, check_sender_access inline:{{example.com = REJECT}}',
    },
    {
      platform: 'Exchange',
      text: 'Take the right from anonymous senders of the Receive connector.',
      config:
        'Get-ReceiveConnector NAME | Remove-ADPermission -User "NT AUTHORITY\\ANONYMOUS LOGON" -ExtendedRights ms-exch-smtp-accept-authoritative-domain-sender',
    },
  ],
  references: ['RFC 7208 §2.3', 'RFC 9989 §5'],
  cost: { connections: 2, messages: 2, bytes: 2_000, seconds: 17 },
  pairs: writing((facts, token) => {
    if (facts.domain === '') return [];
    const [plain, stung] = [token(), token()];
    return [
      {
        form: 'sender and From of the own domain',
        control: delivers(facts, { attack: 'spoofed-sender', token: plain }),
        sting: delivers({ ...facts, sender: `drill@${facts.domain}` }, { attack: 'spoofed-sender', token: stung }),
        token: stung,
      },
    ];
  }),
  judge: byArrival(() => ({ outcome: 'passed', at: 'delivery', because: 'the letter arrived' }), 'passed'),
});
