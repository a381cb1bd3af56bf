/** Fills the cache of real servers, so that tests need no network: run it once where there is one. */
import { servers } from '../test/harness/servers/index.ts';

for (const server of servers) {
  const missing = await server.fetch();
  console.log(missing === undefined ? `${server.product}: there` : `${server.product}: ${missing.reason}`);
}
