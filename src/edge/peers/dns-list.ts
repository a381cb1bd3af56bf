import type { DnsList } from '../controls.ts';
import type { EdgeTools } from '../filter.ts';

/** What a list says of an address: its answers in 127.0.0.0/8, `not`, or that it could not be asked. */
type ListAnswer =
  | { readonly kind: 'listed'; readonly codes: readonly string[] }
  | { readonly kind: 'not' | 'refused' | 'silent' };

/** How often a list is tried by its own test entries. Milliseconds. */
const TEST_EVERY = 3_600_000;
/** A list that does not answer is let alone for this long: peers would wait for nothing, and it may be back soon. Milliseconds. */
const REST = 60_000;
/** Questions in a row without an answer after which a list is one that does not answer. */
const SILENCES = 3;
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
  let nextTest = Number.NEGATIVE_INFINITY;
  let silences = 0;
  /** Not asked from now on, until the next test. */
  const leave = (pause: number, because: string): false => {
    good = Promise.resolve(false);
    nextTest = clock.monotonic() + pause;
    note('dns-list', { zone: list.zone, because });
    return false;
  };
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
    if (two.kind === 'listed' && one.kind === 'not') return true;
    const silent = two.kind === 'silent' || one.kind === 'silent';
    return leave(silent ? REST : TEST_EVERY, `127.0.0.2 is ${two.kind}, 127.0.0.1 is ${one.kind}: not asked`);
  };
  return async (label) => {
    if (clock.monotonic() >= nextTest) {
      nextTest = clock.monotonic() + TEST_EVERY;
      silences = 0;
      good = test();
    }
    if (!(await good)) return null;
    const answer = await ask(label);
    silences = answer.kind === 'silent' ? silences + 1 : 0;
    // It was believed a moment ago; others may have asked at the same time and heard the same.
    if (answer.kind === 'refused' && (await good)) leave(TEST_EVERY, 'it refuses to answer: not asked for an hour');
    if (silences >= SILENCES && (await good)) leave(REST, 'it does not answer: not asked for a minute');
    if (answer.kind !== 'listed') return null;
    const counted = answer.codes.filter((code) => list.codes === null || list.codes.includes(code));
    return counted.length === 0 ? null : counted;
  };
}
