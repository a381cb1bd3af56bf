import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Where a directory listens. */
export interface DirectoryPlace {
  readonly host: string;
  readonly port: number;
}

/** Whom to trust as a directory: a certificate of this name that leads to a root. */
export interface DirectoryTrust {
  readonly name: string;
  /** PEM roots instead of the built-in ones. */
  readonly roots?: string;
}

/** Opens a connection. Rejects if there is none within `patience` milliseconds. */
export async function openPlain({ host, port }: DirectoryPlace, patience: number): Promise<Socket> {
  const socket = connect({ host, port });
  return whenReady(socket, 'connect', patience);
}

/**
 * Speaks TLS over a connection. Rejects, and ends the connection, if the other side cannot show within `patience` milliseconds that it is the
 * one that is meant.
 */
export async function secured(socket: Socket, { name, roots }: DirectoryTrust, patience: number): Promise<Socket> {
  socket.on('error', () => undefined);
  const secure = connectTls({
    socket,
    // Without a name Node would hold the certificate against "localhost".
    host: name,
    servername: isIP(name) === 0 ? name : '',
    minVersion: 'TLSv1.2',
    ...(roots === undefined ? {} : { ca: roots }),
  });
  try {
    return await whenReady(secure, 'secureConnect', patience);
  } catch (fault) {
    socket.destroy();
    throw fault;
  }
}

async function whenReady<S extends Socket>(socket: S, event: string, patience: number): Promise<S> {
  const late = AbortSignal.timeout(patience);
  try {
    await Promise.race([
      once(socket, event, { signal: late }),
      once(socket, 'close', { signal: late }).then(() =>
        Promise.reject(new Error('the directory closed the connection')),
      ),
    ]);
    return socket;
  } catch (fault) {
    socket.on('error', () => undefined).destroy();
    throw late.aborted ? new Error(`no answer within ${patience / 1_000} s`) : fault;
  }
}
