import { server } from '../server.ts';
import { PASSWORD } from './dovecot.ts';

/** Exim as a server of submission: AUTH inside TLS alone, and nothing taken from who has not logged in. Mail for others goes to `nextHop`. */
export const eximSubmission = server({
  product: 'Exim-submission',
  packages: ['exim4-daemon-heavy'],
  ways: ['root', 'mapped', 'single'],
  hides: true,
  users: [{ name: 'Debian-exim' }],
  logs: ['log/mainlog', 'log/paniclog', 'log/rejectlog'],
  texts: ({ folder, address, port, domain, hostName, tls, nextHop, accounts }) => ({
    'exim.conf': `exim_path = /usr/sbin/exim4
primary_hostname = ${hostName}
spool_directory = ${folder}/spool
log_file_path = ${folder}/log/%slog
pid_file_path = ${folder}/exim.pid
local_interfaces = ${address}
daemon_smtp_ports = ${port}
exim_user = mailu
exim_group = mailu
host_lookup =
rfc1413_query_timeout = 0s
${tls ? `tls_advertise_hosts = *\ntls_certificate = ${tls.certificate}\ntls_privatekey = ${tls.key}` : 'tls_advertise_hosts ='}
auth_advertise_hosts = \${if eq{$tls_in_cipher}{}{}{*}}
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
rcpt:
  accept authenticated = *
  deny
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
mailbox:
  driver = appendfile
  directory = ${folder}/mail/$local_part_data
  maildir_format
  create_directory
  user = mailu
  group = mailu
begin retry
* * F,1h,1m
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{inlist{$auth2}{${accounts.join(' : ')}}}{eq{$auth3}{${PASSWORD}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = <| Username: | Password:
  server_condition = \${if and{{inlist{$auth1}{${accounts.join(' : ')}}}{eq{$auth2}{${PASSWORD}}}}}
  server_set_id = $auth1
`,
  }),
  setup: ({ tls }) => `mkdir spool log && own mailu:mailu spool log ${tls ? 'tls' : ''}`,
  command: ({ folder }) => `/usr/sbin/exim4 -C ${folder}/exim.conf -bdf -q30s`,
});
