import type { Finding } from '../../finding/finding.ts';
import type { Rule } from '../../finding/rule.ts';
import { identify } from '../../platform/identify.ts';
import type { Check } from '../check.ts';
import { quoted, visited } from './subjects.ts';

const NEUTRAL_GREETING = [
  { platform: 'Postfix', text: 'Name the host and nothing else.', config: 'smtpd_banner = $myhostname ESMTP' },
  { platform: 'Exim', text: 'Name the host and nothing else.', config: 'smtp_banner = $smtp_active_hostname ESMTP' },
  {
    platform: 'Sendmail',
    text: 'Name the host and nothing else, then rebuild sendmail.cf.',
    config: "define(`confSMTP_LOGIN_MSG', `$j')",
  },
  {
    platform: 'Exchange',
    text: 'Set a greeting on each receive connector.',
    config: 'Set-ReceiveConnector -Identity "SERVER\\Default Frontend SERVER" -Banner "220 mail.example.com"',
  },
  {
    platform: 'Zimbra',
    text: 'Name the host and nothing else, then restart the MTA (8.5 and later).',
    config: "zmprov mcf zimbraMtaSmtpdBanner '$myhostname ESMTP'\nzmmtactl restart",
  },
  { platform: 'OpenSMTPD', text: 'It has no setting for its greeting: put a gateway in front.' },
  { platform: '*', text: 'Let the greeting hold the name of the host and ESMTP, and nothing else.' },
] as const;

export const greetingVersion: Rule = {
  id: 'greeting/version',
  severity: 'medium',
  title: 'The greeting tells the version of the mail server',
  why: 'An attacker looks the version up and knows which holes to try; programs do that for whole networks in minutes.',
  remedy: NEUTRAL_GREETING,
  references: ['RFC 5321 §4.3.1', 'CWE-200'],
  threat: 'recon/greeting',
};
export const greetingProduct: Rule = {
  id: 'greeting/product',
  severity: 'low',
  title: 'The greeting tells which mail server this is',
  why: 'An attacker learns which holes and habits to try first.',
  remedy: NEUTRAL_GREETING,
  references: ['RFC 5321 §4.3.1', 'CWE-200'],
  threat: 'recon/greeting',
};
export const greetingSystem: Rule = {
  id: 'greeting/operating-system',
  severity: 'medium',
  title: 'The greeting tells the operating system',
  why: 'The holes of the system, its other services and its age come with the name.',
  remedy: NEUTRAL_GREETING,
  references: ['CWE-200'],
  threat: 'recon/greeting',
};
export const helpVersion: Rule = {
  id: 'help/version',
  severity: 'medium',
  title: 'HELP tells the version of the mail server',
  why: 'A hidden greeting hides nothing while HELP answers.',
  remedy: [
    {
      platform: 'Sendmail',
      // Seen with 8.17: without a regular file, /dev/null included, HELP is answered by "502 Sendmail VERSION -- HELP not implemented".
      text: 'Write a help file of one line. Do not remove the file: without it the answer still tells the version.',
      config: "printf '#vers\\t2\\nsmtp\\tAsk postmaster.\\n' > /etc/mail/helpfile",
    },
    { platform: '*', text: 'Refuse HELP, or answer it with one neutral line; a gateway in front does both.' },
  ],
  references: ['RFC 5321 §4.1.1.8', 'CWE-200'],
  threat: 'recon/greeting',
};
export const nameDespiteSilence: Rule = {
  id: 'behaviour/product',
  severity: 'info',
  title: 'The server can be named by how it answers, though its greeting says nothing',
  why: 'Hiding the greeting keeps out only those who read nothing else; what matters is that the server is up to date.',
  remedy: [{ platform: '*', text: 'Keep the server patched; put a gateway with words of its own in front.' }],
  references: ['CWE-200'],
  threat: 'recon/greeting',
};

/** Certainty from which words alone count as telling. */
const TELLING = 0.6;

export const disclosure: Check = {
  rules: [greetingVersion, greetingProduct, greetingSystem, helpVersion, nameDespiteSilence],
  *judge(dossier): Generator<Finding> {
    for (const { visit, subject } of visited(dossier)) {
      const { greeting, help } = visit.steps;
      if (greeting === undefined) continue;
      const told = identify([
        { kind: 'smtp.banner', text: `${greeting.reply.code} ${greeting.reply.lines.join('\n')}` },
      ]);
      const evidence = [quoted(visit, greeting)] as const;
      const named = told.product !== null && told.certainty >= TELLING;
      if (named && told.version !== null) yield { rule: greetingVersion, subject, evidence };
      else if (named) yield { rule: greetingProduct, subject, evidence };
      if (
        named &&
        told.os !== null &&
        greeting.reply.lines
          .join(' ')
          .toLowerCase()
          .includes(told.os.split(/[ /]/, 1)[0]?.toLowerCase() ?? '\n')
      ) {
        yield { rule: greetingSystem, subject, evidence };
      }
      if (help === undefined) continue;
      const byHelp = identify([
        { kind: 'smtp.help', text: help.reply.lines.map((line) => `${help.reply.code}-${line}`).join('\n') },
      ]);
      if (byHelp.version !== null) yield { rule: helpVersion, subject, evidence: [quoted(visit, help)] };
      else if (!named && byHelp.product !== null && byHelp.certainty >= TELLING)
        yield { rule: nameDespiteSilence, subject, evidence: [quoted(visit, help)] };
    }
  },
};
