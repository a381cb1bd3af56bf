import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';

/** A DNS server to ask. */
export interface DnsServer {
  readonly address: string;
  readonly port: number;
}

/** `IP`, `IP:PORT`, `[IPv6]:PORT` or a bare IPv6 address; null if it is none of these. */
export function parseDnsServer(text: string): DnsServer | null {
  if (isIP(text) !== 0) return { address: text, port: 53 };
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(text);
  const address = parts?.[1] ?? parts?.[2] ?? '';
  const port = Number(parts?.[3] ?? 53);
  return isIP(address) !== 0 && port > 0 && port < 65_536 ? { address, port } : null;
}

/** Servers a system asks at the most (MAXNS of resolv.conf(5)). */
const SERVERS_MAX = 3;

/** The servers a resolv.conf names, in order (resolv.conf(5)). */
export function serversOfResolvConf(text: string): DnsServer[] {
  return text
    .split('\n')
    .flatMap((line) => {
      const address = /^\s*nameserver\s+([0-9a-fA-F:.]+(?:%[\w.-]+)?)/.exec(line)?.[1] ?? '';
      return isIP(address) === 0 ? [] : [{ address, port: 53 }];
    })
    .slice(0, SERVERS_MAX);
}

/** The system's DNS servers; none if it has none, or keeps them where we cannot read. */
export function systemServers(path = '/etc/resolv.conf'): DnsServer[] {
  try {
    return serversOfResolvConf(readFileSync(path, 'utf8'));
  } catch {
    return [];
  }
}
