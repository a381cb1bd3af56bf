import { readFileSync } from 'node:fs';
import type { EdgeControls } from '../../../edge/controls.ts';
import { type Network, NetworkSet, readNetwork } from '../../../wire/ip/networks.ts';
import { readBounceKeys } from './bounce-keys.ts';
import type { EdgeConfig } from './config-schema.ts';
import { whyUnreadable } from './why-unreadable.ts';

/** A file that the configuration names and that cannot be used. */
export class ListFault extends Error {
  readonly code = 'LIST';
}

/** Networks of files: one a line, `#` begins a comment. Throws with file and line where one is none. */
export function readNetworks(files: readonly string[]): Network[] {
  return files.flatMap((file) =>
    linesOf(file).map(({ text, line }) => {
      const network = readNetwork(text);
      if (network === null) throw new ListFault(`${file}:${line}:1 is no address or network, such as 192.0.2.0/24`);
      return network;
    }),
  );
}

/** Addresses of a file: `local@domain`, or `@domain` for all of a domain, one a line. Throws with file and line where one is none. */
export function readAddresses(file: string): ReadonlySet<string> {
  return new Set(
    linesOf(file).map(({ text, line }) => {
      if (!/^[^\s@]*@[^\s@]+$/.test(text))
        throw new ListFault(`${file}:${line}:1 is no address, such as a@example.com or @example.com`);
      return text.toLowerCase();
    }),
  );
}

function linesOf(file: string): { readonly text: string; readonly line: number }[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (fault) {
    throw new ListFault(`${file} cannot be read: ${whyUnreadable(fault)}`);
  }
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ text: line.replace(/#.*/, '').trim(), line: index + 1 }))
    .filter((line) => line.text !== '');
}

/** What the filters are set to, with the files that the configuration names read. */
export function controlsOf(config: EdgeConfig): EdgeControls {
  const { names, greetWait, rates, tarpit, recipients, guard, reputation, accounts, dnsLists, greylist } = config;
  const { bounceTags } = config;
  return {
    denied: new NetworkSet(readNetworks(config.lists.deny)),
    names,
    greetWait,
    rates,
    tarpit,
    recipients: {
      list: recipients.list === undefined ? null : readAddresses(recipients.list),
      traps: recipients.traps === undefined ? new Set() : readAddresses(recipients.traps),
      // A list is the whole truth, unless a directory stands beside it.
      ask: recipients.ask ?? (recipients.list === undefined || recipients.ldap !== undefined),
      harvest: recipients.harvest,
    },
    guard,
    reputation,
    accounts,
    bounceTags:
      bounceTags === undefined
        ? null
        : {
            keys: readBounceKeys(bounceTags.keys),
            domains: new Set(bounceTags.domains ?? config.domains),
            plainTo: new Set(bounceTags.plainTo),
            letIn: new Set(bounceTags.letIn),
            refuseAt: bounceTags.refuseAt,
          },
    dnsLists,
    greylist: {
      ...greylist,
      senders: new Set(greylist.skip.filter((one) => typeof one === 'string')),
      networks: new NetworkSet(greylist.skip.filter((one) => typeof one !== 'string')),
    },
  };
}
