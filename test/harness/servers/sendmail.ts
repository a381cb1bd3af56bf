import { server } from '../server.ts';

/** Delivers standard input into a Maildir; 67 (EX_NOUSER) for a user who has none. */
const DELIVER = (accounts: readonly string[]): string => `#!/bin/sh
case " ${accounts.join(' ')} " in *" $2 "*) ;; *) exit 67 ;; esac
umask 022
mkdir -p "$1/$2/new" "$1/$2/tmp" "$1/$2/cur"
name=$(date +%s).$$.$(od -An -N4 -tx4 /dev/urandom | tr -d ' ')
cat >"$1/$2/tmp/$name" && mv "$1/$2/tmp/$name" "$1/$2/new/$name"
`;

/** As Debian's configuration has it; `ESMTP` goes in by itself after the first word. */
const GREETING =
  '$j Sendmail $v/$Z/Debian; $b; (No UCE/UBE) $?{client_addr}logging access from: ${client_name}(${client_resolve})-$_$.';

/** A greeting as `SmtpGreetingMessage` wants it: at least two words, without the `ESMTP` that Sendmail puts in. */
const withoutWord = (banner: string): string => {
  const text = banner.replace(' ESMTP', '');
  return text.includes(' ') ? text : `${text} ready`;
};

/** Sendmail, configured by its own m4 macros. The hosts file must know the machine's name, or it is silent for a minute. */
export const sendmail = server({
  product: 'Sendmail',
  packages: ['sendmail-bin', 'sendmail-base', 'sendmail-cf', 'm4'],
  ways: ['root', 'mapped', 'single'],
  hides: true,
  accountsAreUsers: true,
  users: [{ name: 'smmta' }, { name: 'smmsp' }],
  logs: ['mail.log'],
  texts: ({ folder, address, port, domain, hostName, tls, nextHop, accounts }) => ({
    'sendmail.mc': `OSTYPE(\`linux')dnl
define(\`confDOMAIN_NAME', \`${hostName}')dnl
define(\`confPID_FILE', \`${folder}/sendmail.pid')dnl
define(\`QUEUE_DIR', \`${folder}/queue')dnl
define(\`STATUS_FILE', \`${folder}/statistics')dnl
undefine(\`ALIAS_FILE')dnl
define(\`confRUN_AS_USER', \`mailu:mailu')dnl
define(\`confTO_IDENT', \`0')dnl
define(\`confDONT_PROBE_INTERFACES', \`True')dnl
define(\`confDONT_BLAME_SENDMAIL', \`GroupWritableDirPathSafe,TrustStickyBit,WorldWritableAliasFile')dnl
${tls ? `define(\`confSERVER_CERT', \`${tls.certificate}')dnl\ndefine(\`confSERVER_KEY', \`${tls.key}')dnl\ndefine(\`confCACERT', \`${tls.certificate}')dnl\ndefine(\`confCACERT_PATH', \`${folder}/tls')dnl` : ''}
FEATURE(\`no_default_msa')dnl
FEATURE(\`accept_unresolvable_domains')dnl
FEATURE(\`accept_unqualified_senders')dnl
FEATURE(\`nocanonify')dnl
FEATURE(\`relay_hosts_only')dnl
FEATURE(\`access_db', \`hash -T<TMPF> ${folder}/access')dnl
DAEMON_OPTIONS(\`Name=MTA, Addr=${address}, Port=${port}')dnl
MAILER(\`local')dnl
MAILER(\`smtp')dnl
LOCAL_CONFIG
Cw${domain}
`,
    access: `Connect:127 RELAY\n${nextHop?.tls === undefined ? '' : nextHop.tls ? 'TLS_Srv: ENCR:112\n' : 'Try_TLS: NO\n'}`,
    'service.switch': 'hosts files\n',
    deliver: DELIVER(accounts),
    'edit.sed': `s|^O TrustedUser=.*||
s|^O SmtpGreetingMessage=.*||
s|^DS.*|DS${nextHop ? `relay:[${nextHop.address}]` : ''}|
/^Mlocal,/,/^$/d
/^Mprog,/,/^$/d
s|A=TCP \\$h$|A=TCP $h ${nextHop?.port ?? 25}|
`,
  }),
  setup: ({ folder, banner, tls }) => `
cat >local.cf <<'END'
O TrustedUser=mailu
O HostsFile=/etc/hosts
O ServiceSwitchFile=${folder}/service.switch
O SmtpGreetingMessage=${banner === undefined ? GREETING : withoutWord(banner)}
Mlocal, P=${folder}/deliver, F=lsDFMPwn9, S=EnvFromSMTP/HdrFromSMTP, R=EnvToL/HdrToL, T=DNS/RFC822/X-Unix,
	U=mailu:mailu, A=deliver ${folder}/mail $u
Mprog, P=/bin/sh, F=lsDFMoqeu9, S=EnvFromL/HdrFromL, R=EnvToL/HdrToL, D=$z:/, T=X-Unix/X-Unix/X-Unix, A=sh -c $u
END
chmod 755 deliver
m4 -D_CF_DIR_=/usr/share/sendmail/cf/ /usr/share/sendmail/cf/m4/cf.m4 sendmail.mc | sed -f edit.sed >sendmail.cf
cat local.cf >>sendmail.cf
/usr/libexec/sendmail/makemap -C sendmail.cf hash access <access
mkdir -m 700 queue
: >mail.log
own mailu:mailu queue access.db mail.log ${tls ? 'tls' : ''}`,
  command: ({ folder }) => `/usr/libexec/sendmail/sendmail -C ${folder}/sendmail.cf -bD -q30s -X ${folder}/mail.log`,
});
