const WORDS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken: another program listens there, and `ss -ltnp` tells which',
  EACCES: 'may not be had by this user: ports below 1024 want root, or the capability CAP_NET_BIND_SERVICE',
  EADDRNOTAVAIL: 'cannot be had: it is no address of this machine',
};

/** Why nobody can listen at a place, with the way out. The code stays what it was. */
export function listenFault(
  fault: unknown,
  { address, port }: { readonly address: string; readonly port: number },
): unknown {
  const { code = '' } = fault as NodeJS.ErrnoException;
  const words = WORDS[code];
  if (words === undefined) return fault;
  const place = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  return Object.assign(new Error(`${place} ${words} (${code})`, { cause: fault }), { code });
}
