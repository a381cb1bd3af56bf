import type { Finding } from '../../finding/finding.ts';
import type { Rule } from '../../finding/rule.ts';
import { offers, readEhlo } from '../../wire/smtp/ehlo.ts';
import type { Check } from '../check.ts';
import { quoted, visited } from './subjects.ts';

export const expnOffered: Rule = {
  id: 'expn/offered',
  severity: 'medium',
  title: 'The server offers EXPN to strangers',
  why: 'It lists the members of mailing lists: names, roles and where mail really goes.',
  remedy: [
    { platform: 'Sendmail', text: 'Switch VRFY and EXPN off.', config: "define(`confPRIVACY_FLAGS', `goaway')" },
    { platform: '*', text: 'Switch EXPN off for strangers.' },
  ],
  references: ['RFC 5321 §7.3'],
  threat: 'recon/directory',
};
export const exchangeVerbs: Rule = {
  id: 'ehlo/exchange-verbs',
  severity: 'medium',
  title: 'The server offers words of Exchange to strangers that only Exchange servers need',
  why: 'X-LINK2STATE and XEXCH50 were remote code execution once (CVE-2005-0560, CVE-2003-0714), and they name the product.',
  remedy: [
    {
      platform: 'Exchange',
      text: 'Exchange 2003 and older: they get no more updates; replace them, and put a gateway in front until then. Later ones offer XEXCH50 where ExchangeServer authentication is allowed: take it off the connector that faces the Internet, if no server of the same organisation comes in there.',
    },
  ],
  references: ['CVE-2005-0560', 'CVE-2003-0714'],
  threat: 'recon/known-holes',
};
export const turnOffered: Rule = {
  id: 'ehlo/turn',
  severity: 'high',
  title: 'The server offers TURN',
  why: 'Whoever claims to be the domain is handed its waiting mail, with no proof.',
  remedy: [{ platform: 'Exchange', text: 'Disable TURN on the SMTP service; use ETRN or nothing.' }],
  references: ['RFC 5321 §F.1'],
  threat: 'recon/known-holes',
};
export const noSizeLimit: Rule = {
  id: 'ehlo/no-size',
  severity: 'low',
  title: 'The server states no limit for the size of a message',
  why: 'Senders cannot know, and a server without a limit can be filled.',
  remedy: [
    { platform: 'Postfix', text: 'Set a limit.', config: 'message_size_limit = 36700160' },
    { platform: 'Sendmail', text: 'Set a limit.', config: "define(`confMAX_MESSAGE_SIZE', `36700160')" },
    { platform: 'Exim', text: 'Set a limit.', config: 'message_size_limit = 35M' },
    { platform: 'OpenSMTPD', text: 'Set a limit.', config: 'smtp max-message-size "35M"' },
    {
      platform: 'Zimbra',
      text: 'Set a limit.',
      config: 'zmprov mcf zimbraMtaMaxMessageSize 36700160\nzmmtactl restart',
    },
    {
      platform: 'Exchange',
      text: 'Set a limit.',
      config: 'Set-ReceiveConnector -Identity "SERVER\\Default Frontend SERVER" -MaxMessageSize 35MB',
    },
    { platform: '*', text: 'Set a limit, and advertise it.' },
  ],
  references: ['RFC 1870 §3'],
  threat: 'attack/overflow',
};

export const oldExtensions: Check = {
  rules: [expnOffered, exchangeVerbs, turnOffered, noSizeLimit],
  *judge(dossier): Generator<Finding> {
    for (const { visit, subject } of visited(dossier)) {
      const exchange = visit.steps.ehlo;
      const answer = exchange === undefined ? null : readEhlo(exchange.reply);
      if (exchange === undefined || answer === null) continue;
      const evidence = [quoted(visit, exchange)] as const;
      if (offers(answer, 'EXPN')) yield { rule: expnOffered, subject, evidence };
      if (offers(answer, 'X-LINK2STATE') || offers(answer, 'XEXCH50')) yield { rule: exchangeVerbs, subject, evidence };
      if (offers(answer, 'TURN')) yield { rule: turnOffered, subject, evidence };
      const size = offers(answer, 'SIZE');
      if (size === undefined || size.parameters[0] === undefined || size.parameters[0] === '0')
        yield { rule: noSizeLimit, subject, evidence };
    }
  },
};
