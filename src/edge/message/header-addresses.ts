import { addressSpans } from '../../wire/address/spans.ts';
import { type AddressMap, mapDomain, mapMailbox } from '../envelope/address-map.ts';

/** Characters of a line without its CRLF (RFC 5322 §2.1.1). */
const LINE_MAX = 998;

/** A field after a change of its addresses: its bytes, one character each, and how many addresses changed. */
export interface ChangedField {
  readonly text: string;
  readonly changed: number;
}

/**
 * Changes the addresses in a field that holds some, as a map says; null if it says nothing of them. `text` is the whole field as it came, one
 * character a byte, and `valueStart` where its value begins. Nothing but the address changes, of which often only the domain does; a line
 * that grows beyond what a line may be is folded behind an address.
 */
export function changeAddresses(text: string, valueStart: number, map: AddressMap): ChangedField | null {
  return change(text, valueStart, ({ local, domain }) => {
    if (local === null) return { local: null, domain: mapDomain(map, domain) ?? domain };
    const to = mapMailbox(map, { local, domain });
    return { local: to.local === local ? null : to.local, domain: to.domain };
  });
}

/** Changes the domain of ids, such as those of Message-ID (RFC 5322 §3.6.4): what stands before the @ is nobody's name. */
export function changeIds(text: string, valueStart: number, map: AddressMap): ChangedField | null {
  return change(text, valueStart, ({ domain }) => ({ local: null, domain: mapDomain(map, domain) ?? domain }));
}

/** `to` gives the new domain, and the new local part or null where it stays. */
function change(
  text: string,
  valueStart: number,
  to: (address: { readonly local: string | null; readonly domain: string }) => {
    readonly local: string | null;
    readonly domain: string;
  },
): ChangedField | null {
  if (text.indexOf('@', valueStart) < 0) return null;
  const value = text.slice(valueStart);
  let out = text.slice(0, valueStart);
  let from = 0;
  let changed = 0;
  for (const { start, local, domain, domainStart, end } of addressSpans(value)) {
    const next = to({ local, domain });
    if (next.local === null && next.domain === domain) continue;
    out += next.local === null ? value.slice(from, domainStart) : `${value.slice(from, start)}${next.local}@`;
    out += next.domain;
    from = end;
    changed++;
  }
  if (changed === 0) return null;
  return { text: foldGrown(out + value.slice(from), valueStart, text), changed };
}

/** Folds the lines that became too long and were not before; lines that came too long stay as they are. */
function foldGrown(text: string, valueStart: number, before: string): string {
  if (text.length <= LINE_MAX) return text;
  const lines = text.split('\r\n');
  const were = before.split('\r\n');
  const grown = (line: string, at: number) => line.length > LINE_MAX && (were[at] ?? '').length <= LINE_MAX;
  if (!lines.some(grown)) return text;
  const places = foldPlaces(text, valueStart);
  let from = 0;
  return lines
    .map((line, at) => {
      const here = from;
      from += line.length + 2;
      return grown(line, at)
        ? folded(
            line,
            places.map((place) => place - here),
          )
        : line;
    })
    .join('\r\n');
}

/** Where a field may be folded: behind the comma or before the blank behind an address. */
function foldPlaces(text: string, valueStart: number): number[] {
  const value = text.slice(valueStart);
  return addressSpans(value).flatMap(({ end }) => {
    const at = value[end] === '>' ? end + 1 : end;
    if (value[at] === ',') return [valueStart + at + 1];
    return value[at] === ' ' || value[at] === '\t' ? [valueStart + at] : [];
  });
}

/** A line in several, none longer than a line may be, as far as it has places where it can be folded. */
function folded(line: string, places: readonly number[]): string {
  const lines: string[] = [];
  let from = 0;
  let lead = '';
  while (line.length - from + lead.length > LINE_MAX) {
    const most = from + LINE_MAX - lead.length;
    const place = places.findLast((at) => at > from && at <= most && line.slice(at).trim() !== '');
    if (place === undefined) break;
    lines.push(lead + line.slice(from, place));
    from = place;
    lead = /[ \t]/.test(line[place] as string) ? '' : ' ';
  }
  return [...lines, lead + line.slice(from)].join('\r\n');
}
