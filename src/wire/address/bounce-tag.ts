import { createHmac, timingSafeEqual } from 'node:crypto';

/** A secret that tags are made with. Its number stands in each tag, so that keys can be changed while older tags come back. */
export interface TagKey {
  /** One digit. */
  readonly number: number;
  readonly secret: string;
}

/** Keys of one place: the first makes tags, all of them verify. */
export type TagKeys = readonly [TagKey, ...TagKey[]];

/** A tag as it stands in a local part, and what the local part is without it. */
export interface BounceTag {
  /** The key that made it, as it says. */
  readonly key: number;
  /** Day number, modulo 1,000, that it is good until. */
  readonly expires: number;
  /** Six hexadecimal digits, lower case. */
  readonly mark: string;
  readonly local: string;
}

/** What a tag is worth: made here and in time; made here and too old; not made here. */
export type TagWorth = 'valid' | 'expired' | 'forged';

/** Days that a tag is good for: senders try for five (RFC 5321 §4.5.4.1), and then the bounce has to come. */
export const TAG_LIFE = 7;
/** Days that the clock of another gateway with the same keys may be ahead of ours. */
const CLOCK_SKEW = 1;
const DAYS = 1_000;
/** Octets of a local part (RFC 5321 §4.5.3.1.1). */
const LOCAL_MAX = 64;

const DRAFTED = /^prvs=(\d)(\d{3})([0-9a-f]{6})=(.+)$/i;
/** As an earlier draft had it, and as some products still write it. */
const REVERSED = /^prvs=(.+)[=/](\d)(\d{3})([0-9a-f]{6})$/i;
/** Tags of other makers: shorter or longer digests, Momentum, Barracuda. */
const FOREIGN = /^(?:(?:ms)?prvs\d?=[^=]+=|btv1==[^=]+==)(.+)$/i;
const DOT_STRING = /^[^."\\@\s](?:[^."\\@\s]|\.(?!\.|$))*$/;

/**
 * The local part with a tag of draft-levine-smtp-batv, `prvs=KDDDSSSSSS=local`: key, day of expiry, and the first three bytes of an HMAC-SHA-1
 * over both and the address. Null where the local part can carry none: it is quoted, has a tag already, or would get too long. `day` counts from
 * 1970; texts are as the wire has them, a character a byte.
 */
export function makeBounceTag(local: string, domain: string, [key]: TagKeys, day: number): string | null {
  if (!canCarryTag(local)) return null;
  const expires = (day + TAG_LIFE) % DAYS;
  return `prvs=${stamp(key.number, expires)}${markOf(key, expires, local, domain)}=${local}`;
}

/** True for a local part that `makeBounceTag` gives a tag. */
export function canCarryTag(local: string): boolean {
  return local.length <= LOCAL_MAX - 'prvs=0000000000='.length && DOT_STRING.test(local) && untagged(local) === local;
}

/** The tag of a local part, whoever made it; null if there is none. Tag and word may be in either order and either case. */
export function readBounceTag(text: string): BounceTag | null {
  const drafted = DRAFTED.exec(text);
  const [key, day, mark, local] = drafted?.slice(1) ?? reversed(text);
  if (key === undefined || local === undefined || !DOT_STRING.test(local)) return null;
  return { key: Number(key), expires: Number(day), mark: (mark as string).toLowerCase(), local };
}

function reversed(text: string): readonly string[] {
  const [, local, key, day, mark] = REVERSED.exec(text) ?? [];
  return local === undefined ? [] : [key as string, day as string, mark as string, local];
}

/** A local part without the tag that this or any other maker of tags has put before it; itself if it has none. */
export function untagged(text: string): string {
  const own = readBounceTag(text);
  if (own !== null) return own.local;
  const [, local] = FOREIGN.exec(text) ?? [];
  return local !== undefined && DOT_STRING.test(local) ? local : text;
}

/** What the tag of an address of `domain` is worth on a day. It takes the same time whichever digit is wrong. */
export function worthOfTag(
  { key: number, expires, mark, local }: BounceTag,
  domain: string,
  keys: TagKeys,
  day: number,
): TagWorth {
  const given = Buffer.from(mark, 'hex');
  const made = keys.some(
    (key) => key.number === number && timingSafeEqual(given, Buffer.from(markOf(key, expires, local, domain), 'hex')),
  );
  if (!made) return 'forged';
  const left = (((expires - day) % DAYS) + DAYS) % DAYS;
  return left <= TAG_LIFE + CLOCK_SKEW ? 'valid' : 'expired';
}

const stamp = (key: number, expires: number): string => `${key}${String(expires).padStart(3, '0')}`;

/** Case does not count, since some servers write a sender's address in lower case before they answer it. */
function markOf({ number, secret }: TagKey, expires: number, local: string, domain: string): string {
  const address = `${local}@${domain}`.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  const hmac = createHmac('sha1', secret).update(`${stamp(number, expires)}${address}`, 'latin1');
  return hmac.digest('hex').slice(0, 6);
}
