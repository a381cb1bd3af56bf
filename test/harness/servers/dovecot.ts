import { server } from '../server.ts';

/** The password of every account of an IMAP server. */
export const PASSWORD = 'open sesame';

/** Dovecot: takes mail by LMTP at its main port, and shows it by IMAP (`ports.imap`, `ports.imaps`) and POP3 (`ports.pop3`). */
export const dovecot = server({
  product: 'Dovecot',
  packages: ['dovecot-core', 'dovecot-imapd', 'dovecot-lmtpd', 'dovecot-pop3d'],
  ways: ['root', 'mapped'],
  hides: true,
  users: [{ name: 'dovecot' }, { name: 'dovenull' }],
  ports: ['imap', 'imaps', 'pop3'],
  logs: ['dovecot.log'],
  texts: ({ folder, address, port, ports, hostName, banner, tls, accounts }) => ({
    users: accounts.map((name) => `${name}:{PLAIN}${PASSWORD}\n`).join(''),
    'dovecot.conf': `base_dir = ${folder}/base
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
protocols = imap lmtp pop3
listen = ${address}
hostname = ${hostName}
mail_location = maildir:${folder}/mail/%n
first_valid_uid = 1
disable_plaintext_auth = no
auth_mechanisms = plain login
${banner === undefined ? '' : 'login_greeting = ready'}
ssl = ${tls ? 'yes' : 'no'}
${tls ? `ssl_cert = <${tls.certificate}\nssl_key = <${tls.key}` : ''}
passdb {
  driver = passwd-file
  args = username_format=%n ${folder}/users
}
userdb {
  driver = static
  args = uid=950 gid=950 home=${folder}/mail/%n
}
service imap-login {
  inet_listener imap {
    port = ${ports['imap']}
  }
  inet_listener imaps {
    port = ${tls ? ports['imaps'] : 0}
    ssl = yes
  }
}
service pop3-login {
  inet_listener pop3 {
    port = ${ports['pop3']}
  }
  inet_listener pop3s {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = ${address}
    port = ${port}
  }
}
`,
  }),
  setup: () => 'mkdir base state',
  command: ({ folder }) => `/usr/sbin/dovecot -F -c ${folder}/dovecot.conf`,
});
