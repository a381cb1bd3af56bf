import { answers } from '../dns-question.ts';
import { server } from '../server.ts';
import type { Zone } from './knot.ts';

/** NSD, an authoritative DNS server that shares no code with Knot. */
export const nsd = (zones: readonly Zone[]) =>
  server({
    product: 'NSD',
    packages: ['nsd'],
    ways: ['root', 'mapped', 'single'],
    hides: true,
    ready: answers(zones[0]?.name ?? '.'),
    texts: ({ folder, address, port }) => ({
      ...Object.fromEntries(zones.map(({ name, text }) => [`zones/${name}.zone`, text])),
      'nsd.conf': `server:
  ip-address: ${address}
  port: ${port}
  username: ""
  server-count: 1
  zonesdir: ${folder}/zones
  xfrdir: ${folder}
  xfrdfile: ""
  database: ""
  zonelistfile: ${folder}/zone.list
  pidfile: ${folder}/nsd.pid
  verbosity: 1
remote-control:
  control-enable: no
${zones.map(({ name }) => `zone:\n  name: ${name}\n  zonefile: ${name}.zone\n`).join('')}`,
    }),
    command: ({ folder }) => `/usr/sbin/nsd -d -c ${folder}/nsd.conf`,
  });
