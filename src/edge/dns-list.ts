import type { DnsList } from './controls.ts';
import type { EdgeTools } from './filter.ts';

/** What a list says of an address: its answers in 127.0.0.0/8, `not`, or that it could not be asked. */
type ListAnswer =
  | { readonly kind: 'listed'; readonly codes: readonly string[] }
  | { readonly kind: 'not' | 'refused' | 'silent' };

/** How often a list is tried by its own test entries. Milliseconds. */
const TEST_EVERY = 3_600_000;
/** An answer that is not there by then is none. Milliseconds. */
const PATIENCE = 2_000;

/** Answers that are no listing: the question was not one, came through an open resolver, or came too often. Lists of their own use 127.0.0.1 and .255. */
const REFUSALS = /^127\.(?:255\.255\.\d+|0\.0\.(?:1|255))$/;

/**
 * A list of addresses in DNS, with its memory of whether it can be believed: it must list 127.0.0.2 and must not list 127.0.0.1 (RFC 5782 §5).
 * What it returns is called with the labels of an address, and gives the codes that count, or null.
 */
export function openDnsList(
  list: DnsList,
  { resolver, clock, note }: EdgeTools,
): (label: string) => Promise<readonly string[] | null> {
  let good: Promise<boolean> | null = null;
  let testedAt = Number.NEGATIVE_INFINITY;
  const ask = async (label: string): Promise<ListAnswer> => {
    const answer = await resolver.query(`${label}.${list.zone}`, 'A', { signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status === 'failed') return { kind: 'silent' };
    if (answer.status !== 'found') return { kind: 'not' };
    const codes = answer.records.flatMap((record) => ('address' in record ? [record.address] : []));
    if (codes.some((code) => REFUSALS.test(code))) return { kind: 'refused' };
    const listed = codes.filter((code) => code.startsWith('127.'));
    return listed.length === 0 ? { kind: 'not' } : { kind: 'listed', codes: listed };
  };
  const test = async (): Promise<boolean> => {
    const [two, one] = await Promise.all([ask('2.0.0.127'), ask('1.0.0.127')]);
    const believed = two.kind === 'listed' && one.kind === 'not';
    if (!believed)
      note('dns-list', { zone: list.zone, because: `127.0.0.2 is ${two.kind}, 127.0.0.1 is ${one.kind}: not asked` });
    return believed;
  };
  return async (label) => {
    if (clock.monotonic() - testedAt > TEST_EVERY) {
      testedAt = clock.monotonic();
      good = test();
    }
    if (!(await good)) return null;
    const answer = await ask(label);
    if (answer.kind === 'refused') {
      // It was believed a moment ago: from now on it is not, until the next test.
      good = Promise.resolve(false);
      note('dns-list', { zone: list.zone, because: 'it refuses to answer: not asked for an hour' });
    }
    if (answer.kind !== 'listed') return null;
    const counted = answer.codes.filter((code) => list.codes === null || list.codes.includes(code));
    return counted.length === 0 ? null : counted;
  };
}
