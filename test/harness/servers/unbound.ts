import { answers } from '../dns-question.ts';
import { server } from '../server.ts';

export interface ResolverZones {
  /** Names of zones, and where they are served. */
  readonly stubs: readonly { readonly name: string; readonly address: string; readonly port: number }[];
  /** DS or DNSKEY records to trust, one a line. Without them nothing is validated. */
  readonly anchors?: string;
}

/** Unbound, a validating resolver that knows the given zones and nothing else: no name leaves the machine. */
export const unbound = ({ stubs, anchors }: ResolverZones) =>
  server({
    product: 'Unbound',
    packages: ['unbound'],
    ways: ['root', 'mapped', 'single'],
    hides: true,
    ready: answers(stubs[0]?.name ?? '.'),
    texts: ({ folder, address, port }) => ({
      ...(anchors === undefined ? {} : { anchors }),
      'unbound.conf': `server:
  interface: ${address}@${port}
  access-control: 127.0.0.0/8 allow
  username: ""
  chroot: ""
  directory: "${folder}"
  pidfile: "${folder}/unbound.pid"
  use-syslog: no
  logfile: ""
  do-not-query-localhost: no
  do-ip6: no
  module-config: "${anchors === undefined ? 'iterator' : 'validator iterator'}"
${anchors === undefined ? '' : `  trust-anchor-file: "${folder}/anchors"\n`}${[
  ...new Set(stubs.map(({ name }) => name.split('.').at(-1)!)),
]
  .map((top) => `  local-zone: "${top}." nodefault\n`)
  .join('')}remote-control:
  control-enable: no
${stubs.map((stub) => `stub-zone:\n  name: "${stub.name}"\n  stub-addr: ${stub.address}@${stub.port}\n`).join('')}`,
    }),
    command: ({ folder }) => `/usr/sbin/unbound -d -c ${folder}/unbound.conf`,
  });
