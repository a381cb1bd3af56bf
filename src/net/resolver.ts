import type { DnsRecord, RecordType } from '../wire/dns/record.ts';

/** What DNS said. `nothing` is NOERROR without such a record; `no-such-name` is NXDOMAIN; `failed` is no answer, which proves nothing. */
export type DnsAnswer =
  | {
      readonly status: 'found';
      readonly name: string;
      readonly records: readonly DnsRecord[];
      readonly chain: readonly string[];
      readonly authenticated: boolean;
    }
  | { readonly status: 'nothing' | 'no-such-name'; readonly chain: readonly string[]; readonly authenticated: boolean }
  | { readonly status: 'failed'; readonly reason: DnsFailure; readonly detail: string };

export type DnsFailure = 'dns-timeout' | 'dns-servfail' | 'dns-refused' | 'dns-malformed' | 'dns-loop' | 'no-resolver';

/** Asks DNS. Never throws for what a server did or did not say. */
export interface Resolver {
  /** `name` without regard to case or trailing dot; CNAMEs are followed, `chain` names them in order. */
  query(name: string, type: RecordType, options?: { readonly signal?: AbortSignal }): Promise<DnsAnswer>;
  close(): void;
}
