import { server } from '../../test/harness/server.ts';

/** Postfix as a before-queue proxy: smtpd hands each message to the next hop while the client waits, and stores nothing. */
export function postfixProxy(next: { readonly address: string; readonly port: number }) {
  return server({
    product: 'Postfix',
    packages: ['postfix'],
    ways: ['root', 'mapped'],
    hides: true,
    users: [{ name: 'postfix' }, { name: 'postdrop' }],
    logs: ['mail.log'],
    texts: ({ folder, address, port, hostName, domain }) => ({
      'conf/main.cf': `compatibility_level = 3.6
myhostname = ${hostName}
mydestination =
inet_interfaces = loopback-only
mynetworks = 127.0.0.0/8
relay_domains = ${domain}
relayhost = [${next.address}]:${next.port}
maillog_file = ${folder}/mail.log
maillog_file_prefixes = ${folder}
queue_directory = ${folder}/queue
data_directory = ${folder}/data
meta_directory = /etc/postfix
shlib_directory = /usr/lib/postfix
daemon_directory = /usr/lib/postfix/sbin
alias_maps =
smtp_dns_support_level = disabled
smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination
`,
      'conf/master.cf': `${address}:${port} inet n - n - - smtpd
  -o smtpd_proxy_filter=${next.address}:${next.port}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`,
    }),
    setup: () => `
mkdir queue data
for name in active bounce corrupt defer deferred flush hold incoming private maildrop public saved trace pid; do mkdir queue/$name; done
own postfix data queue/*
own root queue queue/pid
for name in active bounce corrupt defer deferred flush hold incoming private maildrop public saved trace; do own postfix queue/$name; done`,
    command: ({ folder }) => `env MAIL_CONFIG=${folder}/conf /usr/lib/postfix/sbin/master -d -s`,
  });
}
