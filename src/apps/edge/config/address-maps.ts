import { type AddressMap, addressKey } from '../../../edge/envelope/address-map.ts';
import type { RewriteOptions } from '../../../edge/options.ts';
import type { Mailbox } from '../../../wire/smtp/path.ts';

/** One line of a map of addresses, as it was given and as it is meant. */
export type RewriteEntry = { readonly given: string } & (
  | { readonly kind: 'address'; readonly from: Mailbox; readonly to: Mailbox }
  /** `below`: for every name below the domain `from`. */
  | { readonly kind: 'domain' | 'below'; readonly from: string; readonly to: string }
);

export function mapOf(entries: readonly RewriteEntry[]): AddressMap {
  const addresses = new Map<string, Mailbox>();
  const domains = new Map<string, string>();
  const below = new Map<string, string>();
  for (const entry of entries) {
    if (entry.kind === 'address') addresses.set(addressKey(entry.from.local, entry.from.domain), entry.to);
    else (entry.kind === 'below' ? below : domains).set(entry.from, entry.to);
  }
  return { addresses, domains, below };
}

/** The way back of each entry; only for maps in which `inverseFault` finds nothing. */
export function inverseOf(entries: readonly RewriteEntry[]): RewriteEntry[] {
  return entries.map((entry) =>
    entry.kind === 'address'
      ? { ...entry, from: entry.to, to: entry.from }
      : { ...entry, from: entry.to, to: entry.from },
  );
}

/** The maps of both directions, as a configuration says them. */
export interface RewriteMaps {
  readonly outbound: readonly RewriteEntry[];
  readonly inbound: readonly RewriteEntry[] | 'inverse';
}

/** The entries for mail that comes in, the way back of the others included. */
export function inboundEntries({ outbound, inbound }: RewriteMaps): readonly RewriteEntry[] {
  return inbound === 'inverse' ? inverseOf(outbound) : inbound;
}

/** The maps as the edge wants them. `outbound`: where mail of the inside goes, if it has a way of its own. */
export function rewriteOptions(config: {
  readonly rewrite: RewriteMaps & Pick<RewriteOptions, 'signed' | 'messageIds'>;
  readonly outbound?: unknown;
}): RewriteOptions {
  const { rewrite, outbound } = config;
  return {
    outbound: mapOf(rewrite.outbound),
    inbound: mapOf(inboundEntries(rewrite)),
    signed: rewrite.signed,
    messageIds: rewrite.messageIds,
    afterLogin: outbound !== undefined,
  };
}
