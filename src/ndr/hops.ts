import type { NdrHop } from '../finding/ndr-report.ts';
import { type Received, readReceived } from '../wire/dsn/received.ts';
import type { HeaderBlock } from '../wire/mime/header-block.ts';
import { areRelated } from './host-owner.ts';
import { isInternalAddress, isLoopback } from './internal.ts';

/** A message with more Received lines than this is looping; the newest are kept. */
const MAX_HOPS = 200;
/** Clocks of mail servers agree within this many seconds. */
const CLOCK_TOLERANCE = 300;
/** A hop that took longer than this was queued, not on its way. */
const LONG_DELAY = 24 * 3600;

/** Names the software that wrote a Received line; undefined if it gives nothing away. */
export type SoftwareOf = (received: Received) => string | undefined;

/** The Received lines of a header, newest first, as they stand. */
export function receivedOf(header: HeaderBlock): Received[] {
  return header.rawAll('received').slice(0, MAX_HOPS).map(readReceived);
}

/** The way of a message, first hop first, with the time each hop took and what does not fit. */
export function hopsOf(newestFirst: readonly Received[], softwareOf: SoftwareOf): NdrHop[] {
  const inOrder = [...newestFirst].reverse().filter((received) => !isLocalNote(received));
  let lastAt: number | null = null;
  return inOrder.map((received, index): NdrHop => {
    const at = received.date?.at ?? null;
    const delay = at === null || lastAt === null ? null : Math.round((at - lastAt) / 1000);
    if (at !== null) lastAt = at;
    return {
      from: received.from,
      by: received.by,
      with: received.with,
      address: received.address,
      at: at === null ? null : new Date(at).toISOString(),
      software: softwareOf(received) ?? null,
      id: received.id,
      for: received.for,
      delay,
      tls: received.tls,
      doubts: doubtsOf(received, inOrder[index - 1], delay),
    };
  });
}

/** `(qmail 123 invoked by uid 0)` is no hop between hosts but a note of one. */
function isLocalNote(received: Received): boolean {
  return received.from === null && received.by === null && received.with === null;
}

function doubtsOf(received: Received, before: Received | undefined, delay: number | null): string[] {
  const doubts: string[] = [];
  if (received.date === null) doubts.push('it has no date that can be read');
  if (received.by === null) doubts.push('it does not say who received it');
  if (delay !== null && delay < -CLOCK_TOLERANCE)
    doubts.push(`it is dated ${timeWords(-delay)} before the hop before it: a clock is wrong or the line is forged`);
  if (delay !== null && delay > LONG_DELAY) doubts.push(`it comes ${timeWords(delay)} after the hop before it`);
  const impossible =
    received.address === null ? impossibleAddress(received) : isAddress(received.address) ? null : received.address;
  if (impossible !== null) doubts.push(`${impossible} is no address that a host can have`);
  const helo = received.helo ?? received.from;
  if (
    helo !== null &&
    received.by !== null &&
    helo.toLowerCase() === received.by.toLowerCase() &&
    received.address !== null &&
    !isLoopback(received.address) &&
    received.address !== received.byAddress &&
    !isInternalAddress(received.address)
  ) {
    doubts.push('the peer calls itself by the name of the host that received it');
  }
  if (before !== undefined && !joins(before, received))
    doubts.push(
      `it does not join the hop before it: that was received by ${before.by}, this comes from ${received.from}`,
    );
  return doubts;
}

/** Seconds as people say them: `90 s`, `60 min`, `23 h`, `4 days`. */
function timeWords(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 72 * 3600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

/** True unless the host that received the message before has nothing in common with the one it comes from now. */
function joins(before: Received, now: Received): boolean {
  if (before.by === null || now.from === null) return true;
  const by = before.by.toLowerCase();
  const names = [
    now.from,
    now.helo,
    ...now.comments.filter(({ clause }) => clause === 'from').flatMap(({ text }) => text.split(/[\s[\]()=,;]+/)),
  ];
  if (now.address !== null && (isInternalAddress(now.address) || isLoopback(now.address))) return true;
  if (before.byAddress !== null && before.byAddress === now.address) return true;
  // Names of one label or an address say nothing about the owner.
  if (!by.includes('.') || /^[\d.]+$/.test(by)) return true;
  return names.some((name) => name !== null && areRelated(by, name));
}

/** Four numbers in brackets or alone that are no address, as only a forger writes them; null if there are none. */
function impossibleAddress({ from, comments }: Received): string | null {
  const texts = [from ?? '', ...comments.filter(({ clause }) => clause === 'from').map(({ text }) => text)];
  for (const text of texts) {
    const quad = /(?:^|\[)(\d{1,3}(?:\.\d{1,3}){3})(?:\]|$)/.exec(text)?.[1];
    if (quad?.split('.').some((part) => Number(part) > 255) === true) return quad;
  }
  return null;
}

function isAddress(address: string): boolean {
  const first = Number(address.split('.')[0]);
  return address.includes(':') || (first > 0 && first < 224);
}
