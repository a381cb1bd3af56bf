/** Fills the cache of real servers, so that tests need no network: run it once where there is one. */
import { dovecot, servers } from '../test/harness/servers/index.ts';

for (const server of [...servers, dovecot]) {
  const missing = await server.fetch();
  console.log(missing === undefined ? `${server.product}: there` : `${server.product}: ${missing.reason}`);
}
