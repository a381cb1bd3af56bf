import type { Clock } from './clock.ts';
import type { UpstreamOffer } from './smtp-upstream-pool.ts';
import type { UpstreamResult, UpstreamTransaction } from './upstream-transaction.ts';

/** The connections to one server, as a group of servers uses them. */
export interface MemberPool {
  readonly available: boolean;
  readonly offer: UpstreamOffer | null;
  readonly busy: number;
  handOn(transaction: UpstreamTransaction): Promise<UpstreamResult>;
}

export interface GroupMember {
  readonly pool: MemberPool;
  /** Its part of the messages, beside the others'. */
  readonly weight: number;
  /** Used only while no other serves. */
  readonly reserve: boolean;
}

/** Milliseconds until DATA must be answered, where another server could take the message instead; and its most, as a part of what is left. */
const ENVELOPE_PATIENCE = 30_000;
const ENVELOPE_PART = 1 / 3;

/**
 * Servers that may each take a message. One that cannot be reached, is silent before DATA or turns the sender away for now gives way to the
 * next; once the end of a message has been sent and no answer came, nobody else is tried, since the message may have arrived: its sender
 * keeps it and comes again.
 */
export class UpstreamGroup {
  readonly #members: readonly GroupMember[];
  readonly #clock: Clock;
  /** What each has had, by its weight. Who was away begins where the others are: nothing is made up for. */
  readonly #had = new Map<GroupMember, number>();
  #level = 0;

  constructor(members: readonly GroupMember[], clock: Clock) {
    this.#members = members;
    this.#clock = clock;
  }

  get available(): boolean {
    return this.#members.some(({ pool }) => pool.available);
  }

  /** What each of those that were ever reached can do; any of them may get the next message. Null if none was. */
  get offer(): UpstreamOffer | null {
    const offers = this.#members.flatMap(({ pool }) => pool.offer ?? []);
    const [first, ...others] = offers;
    if (first === undefined || others.length === 0) return first ?? null;
    const sizes = offers.flatMap(({ size }) => size ?? []);
    return {
      size: sizes.length === 0 ? null : Math.min(...sizes),
      words: new Set([...first.words].filter((word) => others.every(({ words }) => words.has(word)))),
    };
  }

  /** Hands a message on to one of them. Never rejects; the answer is there at the transaction's deadline at the latest. */
  async handOn(transaction: UpstreamTransaction): Promise<UpstreamResult> {
    const tried = new Set<GroupMember>();
    let last: UpstreamResult | null = null;
    for (;;) {
      const member = this.#choose(transaction, tried);
      if (member === null) return last ?? { kind: 'failed', detail: 'no server is up', sent: false, stale: false };
      tried.add(member);
      this.#level = Math.max(this.#level, this.#had.get(member) ?? 0);
      this.#had.set(member, this.#level + 1 / member.weight);
      const others = this.#members.some((other) => !tried.has(other) && other.pool.available);
      const now = this.#clock.monotonic();
      const envelopeDeadline = now + Math.min(ENVELOPE_PATIENCE, (transaction.deadline - now) * ENVELOPE_PART);
      const result = await member.pool.handOn(others ? { ...transaction, envelopeDeadline } : transaction);
      // That it could not be reached is the weaker word: another time it may take what the others cannot.
      if (last?.kind !== 'failed' || result.kind === 'answered') last = result;
      if (!mayGoElsewhere(result) || !transaction.wanted() || this.#clock.monotonic() >= transaction.deadline)
        return last;
    }
  }

  /** The one that lacks least of what the message wants, then the least busy for its weight, then the one that has had least. */
  #choose(transaction: UpstreamTransaction, tried: ReadonlySet<GroupMember>): GroupMember | null {
    let best: GroupMember | null = null;
    let bestRank: readonly number[] = [];
    for (const member of this.#members) {
      const { pool, weight, reserve } = member;
      if (tried.has(member) || !pool.available) continue;
      const lacking = this.#members.length === 1 ? 0 : lackingOf(transaction, pool.offer);
      const rank = [lacking, reserve ? 1 : 0, pool.busy / weight, Math.max(this.#level, this.#had.get(member) ?? 0)];
      if (best !== null && !isBefore(rank, bestRank)) continue;
      best = member;
      bestRank = rank;
    }
    return best;
  }
}

function isBefore(rank: readonly number[], other: readonly number[]): boolean {
  const at = rank.findIndex((value, index) => value !== other[index]);
  return at >= 0 && (rank[at] as number) < (other[at] as number);
}

/** Extensions of a message that a server is known not to have. */
function lackingOf({ senderExtras, recipients }: UpstreamTransaction, offer: UpstreamOffer | null): number {
  if (offer === null) return 0;
  let lacking = 0;
  for (const { extension } of senderExtras) if (!offer.words.has(extension)) lacking++;
  for (const { extras } of recipients) for (const { extension } of extras) if (!offer.words.has(extension)) lacking++;
  return lacking;
}

/** True if nothing can have been kept, and the reason is the server's. */
function mayGoElsewhere(result: UpstreamResult): boolean {
  if (result.kind === 'answered') return result.turnedAway === true;
  return result.kind === 'lacking' || !result.sent;
}
