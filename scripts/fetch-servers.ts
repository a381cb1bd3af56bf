/** Fills the cache of real servers, so that tests need no network: run it once where there is one. */
import { fetchNpmServer, haraka, smtpServer } from '../test/harness/npm-server.ts';
import { packages } from '../test/harness/packages.ts';
import { cyrus, dovecot, knot, nsd, servers, unbound } from '../test/harness/servers/index.ts';

const openssl = await packages(['openssl']);
console.log(openssl.kind === 'missing' ? openssl.reason : 'openssl: there');
for (const server of [...servers, dovecot, cyrus, knot([]), nsd([]), unbound({ stubs: [] })]) {
  const missing = await server.fetch();
  console.log(missing === undefined ? `${server.product}: there` : `${server.product}: ${missing.reason}`);
}
for (const server of [haraka, smtpServer]) {
  const missing = await fetchNpmServer(server);
  console.log(missing === undefined ? `${server.product}: there` : `${server.product}: ${missing.reason}`);
}
