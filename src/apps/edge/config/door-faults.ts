import type { Doorway } from '../../../net/edge-listener.ts';
import type { UpstreamRoutes } from './settings/upstream.ts';

/** Something wrong with the doors of a configuration, at one of them or at a server behind. */
export interface DoorFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const ANY = new Set(['0.0.0.0', '::']);
const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1']);

/** Doors that are given twice, and mail that would come back to where it was taken. */
export function doorFaults({
  listen,
  upstream,
}: {
  readonly listen: readonly Doorway[];
  readonly upstream: UpstreamRoutes;
}): DoorFault[] {
  const twice = listen.flatMap((door, at): DoorFault[] =>
    door.port !== 0 && listen.some((other, before) => before < at && isSame(door, other))
      ? [{ path: ['listen', at], message: 'another door: this one stands before' }]
      : [],
  );
  const places = [...upstream.values()].flat().map(({ place }) => place);
  const own = places.find(({ host, port }) => listen.some((door) => door.port === port && isAt(host, door.address)));
  const ring: DoorFault[] =
    own === undefined
      ? []
      : [
          {
            path: ['upstream'],
            message: `the server behind: ${own.host}:${own.port} is the gateway itself, by \`listen\``,
          },
        ];
  return [...twice, ...ring];
}

const isSame = (one: Doorway, other: Doorway): boolean => one.port === other.port && one.address === other.address;

/** True if a connection to the host surely comes to who listens at the address. */
function isAt(host: string, address: string): boolean {
  if (host === address) return true;
  return LOOPBACK.has(host) && (ANY.has(address) || (host === 'localhost' && LOOPBACK.has(address)));
}
