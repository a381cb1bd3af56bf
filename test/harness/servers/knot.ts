import { answers } from '../dns-question.ts';
import { server } from '../server.ts';

/** A zone to serve: its name without a last dot, and its text as a zone file. */
export interface Zone {
  readonly name: string;
  readonly text: string;
}

/** Knot, an authoritative DNS server, for the given zones. With `signed`, it signs them itself by one key each. */
export const knot = (zones: readonly Zone[], { signed = false } = {}) =>
  server({
    product: 'Knot',
    packages: ['knot', 'knot-dnsutils'],
    ways: ['root', 'mapped', 'single'],
    hides: true,
    users: [{ name: 'knot' }],
    ready: answers(zones[0]?.name ?? '.'),
    texts: ({ folder, address, port }) => ({
      ...Object.fromEntries(zones.map(({ name, text }) => [`zones/${name}.zone`, text])),
      'knot.conf': `server:
    listen: ${address}@${port}
    rundir: ${folder}/run-knot
log:
  - target: stderr
    any: info
database:
    storage: ${folder}/db
policy:
  - id: one
    single-type-signing: on
    algorithm: ecdsap256sha256
template:
  - id: default
    storage: ${folder}/zones
    zonefile-sync: -1
    zonefile-load: difference-no-serial
    journal-content: all
${signed ? '    dnssec-signing: on\n    dnssec-policy: one\n' : ''}zone:
${zones.map(({ name }) => `  - domain: ${name}\n    file: ${name}.zone\n`).join('')}`,
    }),
    setup: () => 'mkdir run-knot db',
    command: ({ folder }) => `/usr/sbin/knotd -c ${folder}/knot.conf`,
  });
