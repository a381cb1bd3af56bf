import type { Rule } from '../../finding/rule.ts';
import { type Clue, disclose } from '../clue.ts';

const rule: Rule = {
  id: 'ndr/exchange-routing',
  severity: 'medium',
  title: 'An Exchange report shows its routing and directory',
  why: 'Agent names such as RESOLVER.ADR tell that the recipient was looked up in the directory: a sure way to find out which addresses exist. Legacy names show the organisation and its administrative groups.',
  remedy: [
    {
      platform: 'Exchange',
      text: 'Refuse unknown recipients at RCPT on the server that faces the Internet.',
      config: 'Set-RecipientFilterConfig -RecipientValidationEnabled $true',
    },
    {
      platform: 'Exchange',
      text: 'Send no reports to other organisations.',
      config: 'Set-RemoteDomain Default -NDREnabled $false',
    },
    { platform: '*', text: 'Strip the section for administrators from reports that leave.' },
  ],
  references: [
    'https://learn.microsoft.com/exchange/mail-flow/non-delivery-reports-and-bounce-messages',
    'RFC 3464 §4.2',
    'CWE-200',
  ],
  threat: 'recon/bounce',
};

/** Names of transport agents: `RESOLVER.ADR.RecipNotFound`, `STOREDRV.Deliver`, `ROUTING.NoConnectorForAddressType`. */
const AGENT =
  /\b((?:RESOLVER|STOREDRV|ROUTING|QUEUE|SMTPSEND|CAT|FOREIGN|APPROVAL|DELETED|SYSTEM|TRANSPORT|SUPPRESSED)\.[A-Za-z][\w.]{2,60})/;
const LEGACY = /(\/o=[^/\s]{1,64}(?:\/(?:ou|cn)=[^/\n;]{1,80}){1,6}|IMCEAEX-[\w=+%-]{8,200})/i;
const X400 = /\b(c=[a-z]{2};\s*a=[^;]{0,32};\s*p=[^;]{1,32}(?:;\s*[ol]=[^;\s]{1,64})?)/i;

/** Routing agents and directory names in reports of Exchange, from 4.0 to Online. */
export const exchangeRouting: Clue = {
  rules: [rule],
  *find(seen) {
    const places = [
      ...seen.fields
        .filter(
          ({ name }) =>
            name === 'diagnostic-code' ||
            name === 'x-ms-exchange-message-is-ndr' ||
            name === 'final-recipient' ||
            name === 'x-supplementary-info',
        )
        .map(({ value, where }) => ({ text: value, where })),
      ...seen.lines.map((text) => ({ text, where: 'text' })),
    ];
    for (const { text, where } of places) {
      const line = text.slice(0, 2000);
      const agent = AGENT.exec(line);
      if (agent !== null) yield disclose(rule, 'directory', agent[1] as string, where);
      const legacy = LEGACY.exec(line);
      if (legacy !== null) yield disclose(rule, 'directory', legacy[1] as string, where);
      const x400 = X400.exec(line);
      if (x400 !== null) yield disclose(rule, 'directory', x400[1] as string, where);
      const msexch = /MSEXCH:(IMS|MSExchange[\w]*|SMTP):([^:\s][^:]{0,63}):([^:]{1,64}):(\S{1,64})/.exec(line);
      if (msexch !== null) yield disclose(rule, 'directory', msexch[0], where);
    }
  },
};
