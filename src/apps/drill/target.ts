import { isIP } from 'node:net';
import type { Resolver } from '../../net/resolver.ts';
import { parseTarget } from '../../scan/target.ts';

/** A server to drill: its name as given, and where it is. */
export interface DrillTarget {
  readonly text: string;
  readonly host: string;
  readonly port: number;
  /** The first is attacked; consent is asked for all. */
  readonly addresses: readonly [string, ...string[]];
}

/** Reads `HOST:PORT` and finds the host's addresses. `usage` says whether the call was wrong, or the network. */
export async function findTarget(
  text: string,
  resolver: Resolver,
): Promise<DrillTarget | { readonly fault: string; readonly usage: boolean }> {
  const target = parseTarget(text);
  if ('fault' in target)
    return { fault: `${JSON.stringify(text)} ${target.fault.replace('scan takes', 'drill takes')}`, usage: true };
  if (target.kind === 'domain')
    return {
      fault: `a drill has one server as its target: name its port too, for example ${target.domain}:25`,
      usage: true,
    };
  const { host, port } = target;
  if (isIP(host) !== 0) return { text: target.text, host, port, addresses: [host] };
  if (host === 'localhost') return { text: target.text, host, port, addresses: ['127.0.0.1'] };
  const addresses: string[] = [];
  let failed: string | null = null;
  for (const type of ['A', 'AAAA'] as const) {
    const answer = await resolver.query(host, type);
    if (answer.status === 'failed') failed = `DNS does not answer for ${host}: ${answer.detail || answer.reason}`;
    if (answer.status === 'found')
      for (const record of answer.records) if ('address' in record) addresses.push(record.address);
  }
  const [first, ...rest] = addresses;
  if (first === undefined) return { fault: failed ?? `${host} has no address that DNS tells`, usage: false };
  return { text: target.text, host, port, addresses: [first, ...rest] };
}
