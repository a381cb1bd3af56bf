/** Debian's Postfix and Exim as peers of the session core: the same domain, the same size of a message, and every message handed to a sink. */
import { setTimeout as pause } from 'node:timers/promises';
import { type MailSink, mailSink } from '../harness/mail-sink.ts';
import type { Missing } from '../harness/packages.ts';
import { type Recipe, type RunningServer, server } from '../harness/server.ts';
import { recipe as postfixRecipe } from '../harness/servers/postfix.ts';
import type { Received } from './observation.ts';
import { MESSAGE_SIZE } from './stream.ts';

export type PeerName = 'Postfix' | 'Exim';

export interface Peer extends AsyncDisposable {
  readonly name: PeerName;
  readonly address: string;
  readonly port: number;
  readonly version: string;
  /** The message that was accepted under this id, as soon as the sink has it; null if it never comes. */
  message(id: string): Promise<Received | null>;
}

/**
 * As Debian ships it, but for limits that would end a dialogue before it is over, and for who may relay: the differential fuzz is a stranger.
 * `compatibility_level` and what it decides are those of the harness.
 */
const postfix: Recipe = {
  ...postfixRecipe,
  texts(site) {
    const texts = postfixRecipe.texts(site);
    return {
      ...texts,
      'conf/main.cf': `${withoutMailboxes(texts['conf/main.cf'] as string)}
mynetworks = 127.255.255.254/32
local_header_rewrite_clients =
smtpd_relay_restrictions = reject_unauth_destination
relay_domains = ${site.domain}
relay_transport = relay:[${site.nextHop?.address}]:${site.nextHop?.port}
message_size_limit = ${MESSAGE_SIZE}
smtpd_soft_error_limit = 100000
smtpd_hard_error_limit = 100000
smtpd_junk_command_limit = 100000
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
`,
    };
  },
};

const withoutMailboxes = (text: string): string => text.replaceAll(/^(?:virtual|mynetworks|relayhost).*\n/gm, '');

/** Debian's access rules (`30_exim4-config_check_rcpt`, `40_exim4-config_check_data`) over the least of a configuration. */
const exim: Recipe = {
  product: 'Exim',
  packages: ['exim4-daemon-light'],
  ways: ['root', 'mapped', 'single'],
  hides: true,
  users: [{ name: 'Debian-exim' }],
  logs: ['log/mainlog', 'log/paniclog', 'log/rejectlog'],
  texts: ({ folder, address, port, domain, hostName, nextHop }) => ({
    'exim.conf': `exim_path = /usr/sbin/exim4
primary_hostname = ${hostName}
qualify_domain = ${domain}
spool_directory = ${folder}/spool
log_file_path = ${folder}/log/%slog
pid_file_path = ${folder}/exim.pid
local_interfaces = ${address}
daemon_smtp_ports = ${port}
exim_user = mailu
exim_group = mailu
host_lookup =
rfc1413_query_timeout = 0s
tls_advertise_hosts =
message_size_limit = ${MESSAGE_SIZE}
smtp_accept_max = 100
smtp_accept_max_nonmail = 100000
smtp_max_synprot_errors = 100000
smtp_max_unknown_commands = 100000
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
rcpt:
  deny domains = ${domain}
       local_parts = ^[.] : ^.*[@%!/|\`#&?]
  deny domains = ! ${domain}
       local_parts = ^[./|] : ^.*[@%!\`#&?] : ^.*/\\\\.\\\\./
  accept local_parts = postmaster
         domains = ${domain}
  require domains = ${domain}
  accept
data:
  deny condition = \${if > {$max_received_linelength}{998}}
  deny ! verify = header_syntax
  accept
begin routers
out:
  driver = manualroute
  route_list = * ${nextHop?.address}
  self = send
  transport = out
begin transports
out:
  driver = smtp
  port = ${nextHop?.port}
begin retry
* * F,1h,1m
`,
  }),
  setup: () => 'mkdir spool log && own mailu:mailu spool log',
  command: ({ folder }) => `/usr/sbin/exim4 -C ${folder}/exim.conf -bdf -q30s`,
};

const RECIPES: Readonly<Record<PeerName, Recipe>> = { Postfix: postfix, Exim: exim };

/** Milliseconds from "accepted" to the sink: a process or two are forked on the way. */
const DELIVERY = 20_000;
const POLL = 10;

export async function openPeer(name: PeerName): Promise<Peer | Missing> {
  const sink = await mailSink({ extensions: ['PIPELINING', '8BITMIME', 'SIZE 104857600'] });
  const running = await server(RECIPES[name]).start({ nextHop: { address: sink.address, port: sink.port } });
  if ('kind' in running) {
    await sink.close();
    return running;
  }
  return peerOf(name, running, sink);
}

function peerOf(name: PeerName, running: RunningServer, sink: MailSink): Peer {
  const byId = new Map<string, Received>();
  let read = 0;
  const readNew = (): void => {
    for (; read < sink.mails.length; read++) {
      const mail = sink.mails[read] as (typeof sink.mails)[number];
      const trace = /^Received:[^\n]*\n(?:[ \t][^\n]*\n)*/.exec(mail.text)?.[0] ?? '';
      const id = /\bid ([A-Za-z0-9-]+)/.exec(trace)?.[1] ?? '';
      byId.set(id, {
        sender: /^<((?:"(?:[^"\\]|\\.)*"|[^>"])*)>/.exec(mail.sender)?.[1] ?? mail.sender,
        recipients: mail.recipients,
        text: mail.text.slice(trace.length).replaceAll(/(^|\r\n)\./g, '$1'),
      });
    }
  };
  return {
    name,
    address: running.address,
    port: running.port,
    version: running.version,
    async message(id) {
      const until = performance.now() + DELIVERY;
      for (;;) {
        readNew();
        const found = byId.get(id);
        if (found !== undefined) {
          byId.delete(id);
          return found;
        }
        if (performance.now() > until) return null;
        await pause(POLL);
      }
    },
    async [Symbol.asyncDispose]() {
      await running.stop();
      await sink.close();
    },
  };
}
