import { type Recipe, server } from '../server.ts';

const SERVICES = `
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;

const QUEUES = 'active,bounce,corrupt,defer,deferred,flush,hold,incoming,private,maildrop,public,saved,trace';

/** Postfix. Its address stands in master.cf: with `inet_interfaces` it looks for an interface of that address and dies. */
export const recipe: Recipe = {
  product: 'Postfix',
  packages: ['postfix'],
  ways: ['root', 'mapped'],
  hides: true,
  users: [{ name: 'postfix' }, { name: 'postdrop' }],
  logs: ['mail.log'],
  texts: ({ folder, address, port, domain, hostName, banner, tls, nextHop, accounts }) => ({
    'conf/main.cf': `compatibility_level = 3.6
myhostname = ${hostName}
mydestination =
inet_interfaces = loopback-only
mynetworks = 127.0.0.0/8
smtpd_banner = ${banner ?? '$myhostname ESMTP $mail_name (Debian/GNU)'}
maillog_file = ${folder}/mail.log
maillog_file_prefixes = ${folder}
queue_directory = ${folder}/queue
data_directory = ${folder}/data
meta_directory = /etc/postfix
shlib_directory = /usr/lib/postfix
daemon_directory = /usr/lib/postfix/sbin
virtual_mailbox_domains = ${domain}
virtual_mailbox_base = ${folder}/mail
virtual_mailbox_maps = inline:{${accounts.map((name) => `{${name}@${domain}=${name}/}`).join(', ')}}
virtual_uid_maps = static:950
virtual_gid_maps = static:950
virtual_minimum_uid = 1
alias_maps =
smtp_dns_support_level = disabled
relayhost = ${nextHop ? `[${nextHop.address}]:${nextHop.port}` : ''}
${nextHop?.tls === undefined ? '' : `smtp_tls_security_level = ${nextHop.tls ? 'encrypt' : 'none'}`}
${tls ? `smtpd_tls_security_level = may\nsmtpd_tls_cert_file = ${tls.certificate}\nsmtpd_tls_key_file = ${tls.key}` : ''}
`,
    'conf/master.cf': `${address}:${port} inet n - n - - smtpd${SERVICES}`,
  }),
  setup: () => `
mkdir queue data
for name in $(echo ${QUEUES} | tr , ' ') pid; do mkdir queue/$name; done
own postfix data queue/*
own root queue queue/pid
for name in $(echo ${QUEUES} | tr , ' '); do own postfix queue/$name; done`,
  command: ({ folder }) => `env MAIL_CONFIG=${folder}/conf /usr/lib/postfix/sbin/master -d -s`,
};

export const postfix = server(recipe);
