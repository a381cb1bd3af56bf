import { server } from '../server.ts';

/** Exim. It runs as whoever starts it, so it needs no range of user ids. */
export const exim = server({
  product: 'Exim',
  packages: ['exim4-daemon-light'],
  ways: ['root', 'mapped', 'single'],
  hides: true,
  users: [{ name: 'Debian-exim' }],
  logs: ['log/mainlog', 'log/paniclog', 'log/rejectlog'],
  texts: ({ folder, address, port, domain, hostName, banner, tls, nextHop, accounts }) => ({
    'exim.conf': `exim_path = /usr/sbin/exim4
primary_hostname = ${hostName}
spool_directory = ${folder}/spool
log_file_path = ${folder}/log/%slog
pid_file_path = ${folder}/exim.pid
local_interfaces = ${address}
daemon_smtp_ports = ${port}
${banner === undefined ? '' : `smtp_banner = ${banner}`}
exim_user = mailu
exim_group = mailu
host_lookup =
rfc1413_query_timeout = 0s
${tls ? `tls_advertise_hosts = *\ntls_certificate = ${tls.certificate}\ntls_privatekey = ${tls.key}` : 'tls_advertise_hosts ='}
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
rcpt:
  require verify = recipient
  accept hosts = 127.0.0.0/8
data:
  accept
begin routers
${nextHop ? `out:\n  driver = manualroute\n  domains = ! ${domain}\n  route_list = * ${nextHop.address}\n  self = send\n  transport = out` : ''}
mailbox:
  driver = accept
  domains = ${domain}
  local_parts = ${accounts.join(' : ')}
  transport = mailbox
begin transports
out:
  driver = smtp
  port = ${nextHop?.port ?? 25}
${nextHop?.tls === undefined ? '' : `  hosts_${nextHop.tls ? 'require' : 'avoid'}_tls = *`}
mailbox:
  driver = appendfile
  directory = ${folder}/mail/$local_part_data
  maildir_format
  create_directory
  user = mailu
  group = mailu
begin retry
* * F,1h,1m
`,
  }),
  setup: ({ tls }) => `mkdir spool log && own mailu:mailu spool log ${tls ? 'tls' : ''}`,
  command: ({ folder }) => `/usr/sbin/exim4 -C ${folder}/exim.conf -bdf -q30s`,
});
