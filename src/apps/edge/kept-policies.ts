import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeptPolicy } from '../../net/mta-sts-keeper.ts';

/** MTA-STS policies as files of the data folder. One that cannot be read or written is as one that was never kept. */
export function keptPolicies(data: string): {
  load(domain: string): KeptPolicy | null;
  save(domain: string, kept: KeptPolicy): void;
} {
  const folder = join(data, 'mta-sts');
  const fileOf = (domain: string) => join(folder, `${domain.replace(/[^a-z0-9.-]/gi, '_')}.json`);
  return {
    load(domain) {
      try {
        const { id, text, until } = JSON.parse(readFileSync(fileOf(domain), 'utf8')) as Record<string, unknown>;
        if (typeof id !== 'string' || typeof text !== 'string' || typeof until !== 'number') return null;
        return { id, text, until };
      } catch {
        return null;
      }
    },
    save(domain, kept) {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const beside = `${fileOf(domain)}.${process.pid}`;
        writeFileSync(beside, JSON.stringify(kept), { mode: 0o600 });
        renameSync(beside, fileOf(domain));
      } catch {
        // A full disk: the policy is fetched again next time.
      }
    },
  };
}
