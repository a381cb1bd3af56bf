import type { Rule } from '../../finding/rule.ts';
import { type Clue, disclose } from '../clue.ts';

const rule: Rule = {
  id: 'ndr/report-software',
  severity: 'medium',
  title: 'A report names the software that wrote it, or shows it by its words',
  why: 'One letter to nobody tells an attacker which product answers, some even its version, where the greeting was silenced.',
  remedy: [
    {
      platform: 'Postfix',
      text: 'Write reports in words of your own.',
      config: 'bounce_template_file = /etc/postfix/bounce.cf',
    },
    {
      platform: 'Exim',
      text: 'Write reports in words of your own.',
      config: 'bounce_message_file = /etc/exim4/bounce.txt',
    },
    {
      platform: 'Courier',
      text: 'Edit the templates in /etc/courier (dsnfailed.txt and the others): dsnheader.txt names the version.',
    },
    {
      platform: '*',
      text: 'Refuse unknown recipients at RCPT, so that the sending server writes the report and not yours.',
    },
  ],
  references: ['RFC 5321 §3.6.3', 'RFC 3464 §4', 'CWE-200'],
  threat: 'recon/bounce',
};

/** What the identifier calls words of a report's own text. */
const OWN_WORDS = 'bounce';

/** The product that wrote the report, told by the report's own words. */
export const reportSoftware: Clue = {
  rules: [rule],
  *find({ reporter }) {
    if (reporter === null || reporter.product === null) return;
    if (!reporter.because.some(({ clue }) => clue === OWN_WORDS)) return;
    if (reporter.version === null) yield disclose(rule, 'software', reporter.product, 'text', 'low');
    else yield disclose(rule, 'version', `${reporter.product} ${reporter.version}`, 'text');
  },
};
