import type { Resolver } from './resolver.ts';

/** The addresses of a name, those of IPv4 first; none if it has none or they cannot be had. */
export async function addressesOf(name: string, resolver: Resolver): Promise<readonly string[]> {
  const answers = await Promise.all((['A', 'AAAA'] as const).map((type) => resolver.query(name, type)));
  return answers.flatMap((answer) =>
    answer.status === 'found' ? answer.records.flatMap((record) => ('address' in record ? [record.address] : [])) : [],
  );
}
