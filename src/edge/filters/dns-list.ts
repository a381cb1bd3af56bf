import { isInside, reverseName } from '../../wire/ip/address.ts';
import type { DnsList } from '../controls.ts';
import type { EdgeTools, Filter } from '../filter.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule, Hit } from '../rule.ts';

export const listed: EdgeRule = {
  id: 'dns-list/listed',
  severity: 'medium',
  title: 'The peer is on a list of senders of spam',
  why: 'Somebody else saw it send what nobody asked for.',
  remedy: [
    {
      platform: '*',
      text: 'The owner of the address can ask the list to take it off. Lower the list’s score if it errs often.',
    },
  ],
  references: ['RFC 5782 §2'],
  threat: 'attack/phishing',
  action: 'score',
  score: 5,
  reply: REPLIES.notServed,
};

/** How often a list is tried by its own test entries. Milliseconds. */
const TEST_EVERY = 3_600_000;
/** An answer that is not there by then is none. Milliseconds. */
const PATIENCE = 2_000;

/**
 * Asks lists of addresses in DNS. A list that cannot be believed is not asked: it must list 127.0.0.2 and must not list 127.0.0.1
 * (RFC 5782 §5), and 127.255.255.x says that it refuses to answer us, which is no listing. No answer is no hit.
 */
export const dnsList: Filter = {
  name: 'dns-list',
  rules: [listed],
  prepare(tools) {
    const lists = tools.options.controls.dnsLists.map((list) => openList(list, tools));
    if (lists.length === 0) return null;
    return () => ({
      async connect({ peer }): Promise<Hit | undefined> {
        const name = reverseName(peer.address);
        if (peer.exempt || name === null || isInside(peer.address)) return undefined;
        const label = name.replace(/\.(?:in-addr|ip6)\.arpa$/, '');
        const found = await Promise.all(lists.map((list) => list(label)));
        const zones = found.filter((one) => one !== null);
        if (zones.length === 0) return undefined;
        return {
          rule: listed,
          because: zones.map(({ zone }) => zone).join(', '),
          score: zones.reduce((sum, { score }) => sum + score, 0),
        };
      },
    });
  },
};

/** A list with its memory of whether it can be believed. */
function openList(list: DnsList, { resolver, clock, note }: EdgeTools): (label: string) => Promise<DnsList | null> {
  let good: Promise<boolean> | null = null;
  let testedAt = Number.NEGATIVE_INFINITY;
  const ask = async (label: string): Promise<'listed' | 'not' | 'refused' | 'silent'> => {
    const answer = await resolver.query(`${label}.${list.zone}`, 'A', { signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status === 'failed') return 'silent';
    if (answer.status !== 'found') return 'not';
    const codes = answer.records.flatMap((record) => ('address' in record ? [record.address] : []));
    if (codes.some((code) => code.startsWith('127.255.255.'))) return 'refused';
    return codes.some((code) => code.startsWith('127.')) ? 'listed' : 'not';
  };
  const test = async (): Promise<boolean> => {
    const [two, one] = await Promise.all([ask('2.0.0.127'), ask('1.0.0.127')]);
    const believed = two === 'listed' && one === 'not';
    if (!believed)
      note('dns-list', { zone: list.zone, because: `127.0.0.2 is ${two}, 127.0.0.1 is ${one}: not asked` });
    return believed;
  };
  return async (label) => {
    if (clock.monotonic() - testedAt > TEST_EVERY) {
      testedAt = clock.monotonic();
      good = test();
    }
    if (!(await good)) return null;
    return (await ask(label)) === 'listed' ? list : null;
  };
}
