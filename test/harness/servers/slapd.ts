import { once } from 'node:events';
import { createConnection } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { server } from '../server.ts';

const STEP_MS = 50;

export interface DirectoryEntries {
  /** Addresses by uid. */
  readonly people: Readonly<Record<string, string>>;
}

/**
 * OpenLDAP's slapd with a few people under `dc=example,dc=test`, readable by `cn=edge,dc=example,dc=test` with the password `secret` alone: to
 * anybody else the tree is there and empty. With `tls` it has StartTLS, and LDAPS on a port of that name.
 */
export const slapd = ({ people }: DirectoryEntries) =>
  server({
    product: 'OpenLDAP',
    packages: ['slapd', 'ldap-utils'],
    ways: ['root', 'mapped', 'single'],
    hides: true,
    ready: async ({ address, port }, signal) => {
      while (!signal.aborted) {
        const socket = createConnection({ host: address, port });
        const came = await once(socket, 'connect').then(
          () => true,
          () => false,
        );
        socket.destroy();
        if (came) return true;
        await wait(STEP_MS);
      }
      return false;
    },
    ports: ['ldaps'],
    texts: ({ folder, tls }) => ({
      'slapd.conf': `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile ${folder}/slapd.pid
modulepath /usr/lib/ldap
moduleload back_ldif
${tls ? `TLSCertificateFile ${tls.certificate}\nTLSCertificateKeyFile ${tls.key}` : ''}
database ldif
suffix "dc=example,dc=test"
directory ${folder}
rootdn "cn=edge,dc=example,dc=test"
rootpw secret
access to dn.base="dc=example,dc=test" by * read
access to * by * none
`,
      'people.ldif': [
        'dn: dc=example,dc=test\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n',
        ...Object.entries(people).map(
          ([uid, mail]) =>
            `dn: uid=${uid},dc=example,dc=test\nobjectClass: inetOrgPerson\nuid: ${uid}\ncn: ${uid}\nsn: ${uid}\nmail: ${mail}\n`,
        ),
      ].join('\n'),
    }),
    command: ({ folder, address, port, ports, tls }) =>
      `/usr/sbin/slapadd -f ${folder}/slapd.conf -l ${folder}/people.ldif && exec /usr/sbin/slapd -d 0 -f ${folder}/slapd.conf -h "ldap://${address}:${port}/${tls ? ` ldaps://${address}:${ports['ldaps']}/` : ''}"`,
  });
