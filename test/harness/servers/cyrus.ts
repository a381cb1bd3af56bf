import { server } from '../server.ts';

/** Cyrus: takes mail by LMTP at its main port, and speaks IMAP (`ports.imap`) and POP3 (`ports.pop3`). No account has a mailbox. */
export const cyrus = server({
  product: 'Cyrus',
  packages: ['cyrus-imapd', 'cyrus-pop3d', 'cyrus-common'],
  ways: ['root', 'mapped'],
  hides: true,
  users: [{ name: 'cyrus' }],
  ports: ['imap', 'pop3'],
  texts: ({ folder, address, port, ports, hostName, banner }) => ({
    'imapd.conf': `configdirectory: ${folder}/config
partition-default: ${folder}/spool
defaultpartition: default
cyrus_user: cyrus
cyrus_group: cyrus
servername: ${hostName}
admins: cyrus
allowplaintext: yes
sasl_pwcheck_method: alwaystrue
sasl_mech_list: PLAIN
syslog_prefix: cyrus
tls_versions: tls1_2 tls1_3
${banner === undefined ? '' : 'serverinfo: off'}
`,
    'cyrus.conf': `START {
  recover cmd="/usr/lib/cyrus/bin/ctl_cyrusdb -C ${folder}/imapd.conf -r"
}
SERVICES {
  imap cmd="/usr/lib/cyrus/bin/imapd -C ${folder}/imapd.conf" listen="${address}:${ports['imap']}" prefork=0 maxchild=20
  pop3 cmd="/usr/lib/cyrus/bin/pop3d -C ${folder}/imapd.conf" listen="${address}:${ports['pop3']}" prefork=0 maxchild=20
  lmtp cmd="/usr/lib/cyrus/bin/lmtpd -C ${folder}/imapd.conf -a" listen="${address}:${port}" prefork=0 maxchild=20
}
EVENTS {
}
`,
  }),
  setup:
    () => `mkdir -p config/db config/log config/msg config/proc config/ptclient config/socket config/sieve config/user config/quota config/lock spool run/cyrus
own cyrus:cyrus config spool run/cyrus`,
  command: ({ folder }) => `/usr/sbin/cyrmaster -D -C ${folder}/imapd.conf -M ${folder}/cyrus.conf`,
});
