import { isIP } from 'node:net';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type DnsServer, parseDnsServer } from '../../net/dns-server-address.ts';
import type { Pin } from '../../scan/look.ts';
import { domainName } from '../../scan/target.ts';

/** Adds the options of every command that reaches the network. */
export function addReachOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--resolver <IP[:PORT]>', "ask this DNS server, not the system's (again for a second one)").argParser(
        collectResolver,
      ),
    )
    .addOption(new Option('--timeout <SECONDS>', 'the longest that one step may take').argParser(positive));
}

function collectResolver(text: string, earlier: readonly DnsServer[] = []): readonly DnsServer[] {
  const server = parseDnsServer(text);
  if (server === null)
    throw new InvalidArgumentError('an IP address, with a port if it is not 53: 127.0.0.1:5353 or [::1]:53');
  return [...earlier, server];
}

export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 86_400)) throw new InvalidArgumentError('seconds, more than 0 and at most 86400');
  return value;
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 10_000)
    throw new InvalidArgumentError('a whole number from 1 to 10000');
  return value;
}

/** `25,465,587`. */
export function portList(text: string): readonly number[] {
  const ports = text.split(',').map(Number);
  const wrong = ports.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535);
  if (wrong) throw new InvalidArgumentError('ports from 1 to 65535 separated by commas: 25,465,587');
  return [...new Set(ports)];
}

/** `NAME=IP[:PORT]`, collected by name. */
export function collectPin(text: string, earlier: ReadonlyMap<string, Pin> = new Map()): ReadonlyMap<string, Pin> {
  const equals = text.indexOf('=');
  const name = domainName(text.slice(0, Math.max(0, equals)));
  const pin = readPin(text.slice(equals + 1));
  if (name === undefined || pin === null) {
    throw new InvalidArgumentError(
      'NAME=IP, with a port if it stands elsewhere: mx.example.com=127.0.0.1:2525 or mx.example.com=[::1]:2525',
    );
  }
  return new Map([...earlier, [name, pin]]);
}

function readPin(text: string): Pin | null {
  if (isIP(text) !== 0) return { address: text, port: null };
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([\d.]+)):(\d{1,5})$/.exec(text);
  const address = parts?.[1] ?? parts?.[2] ?? '';
  const port = Number(parts?.[3] ?? 0);
  if (isIP(address) === 0 || port < 1 || port > 65_535) return null;
  return { address, port };
}
