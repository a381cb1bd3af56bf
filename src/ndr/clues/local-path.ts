import type { Rule } from '../../finding/rule.ts';
import { type Clue, disclose } from '../clue.ts';

const rule: Rule = {
  id: 'ndr/local-path',
  severity: 'medium',
  title: 'Reports or headers show paths of the file system',
  why: 'A path tells the system, the store and its layout, local users and the scripts that send mail: the place to aim an upload or an injection at.',
  remedy: [
    {
      platform: 'Postfix',
      text: 'Deliver by LMTP, whose answers hold no paths.',
      config: 'mailbox_transport = lmtp:unix:private/dovecot-lmtp',
    },
    {
      platform: 'Exim',
      text: 'Do not return the output of pipes.',
      config: 'return_output = false\nreturn_fail_output = false',
    },
    { platform: 'PHP', text: 'Do not add the script to mail.', config: 'mail.add_x_header = Off' },
    { platform: '*', text: 'Let local errors go to the postmaster, not to the sender.' },
  ],
  references: ['CWE-200', 'CWE-497'],
  threat: 'recon/bounce',
};

const PATH_FIELDS = new Set([
  'x-php-script',
  'x-source',
  'x-source-args',
  'x-source-dir',
  'x-php-originating-script',
  'x-php-filename',
  'x-mailer-script',
  'x-script',
  'x-actual-recipient',
  'diagnostic-code',
  'x-virtualmin-script',
]);

/** A path below the usual roots of Unix, or of a Windows drive. */
const UNIX =
  /(?:^|[\s"'(|:=])(\/(?:var|home|usr|etc|opt|srv|mnt|export|local|tmp|root|data|www|vhosts|mail)\/[\w./+@~-]{2,120})/;
const WINDOWS = /(?:^|[\s"'(])([A-Za-z]:\\[\w\\. ()~-]{3,120})/;

/** Paths in reports and in the fields that scripts leave. */
export const localPath: Clue = {
  rules: [rule],
  *find(seen) {
    for (const { name, value, where } of seen.fields) {
      if (!PATH_FIELDS.has(name)) continue;
      if (name === 'x-php-originating-script') yield disclose(rule, 'path', value.slice(value.indexOf(':') + 1), where);
      else if (name === 'x-source-dir') yield disclose(rule, 'path', value, where);
      else if (name === 'x-php-script') yield disclose(rule, 'path', value.split(/\s/)[0] as string, where);
      else yield* pathsIn(value, where);
    }
    for (const line of seen.lines) yield* pathsIn(line, 'text');
  },
};

function* pathsIn(text: string, where: string) {
  const line = text.slice(0, 2000);
  // A path of a web address is public.
  if (line.includes('://')) return;
  for (const shape of [UNIX, WINDOWS]) {
    const found = shape.exec(line);
    if (found !== null) yield disclose(rule, 'path', found[1] as string, where);
  }
}
