import { type AddressMap, addressKey, mapDomain, mapMailbox } from '../../../../edge/envelope/address-map.ts';
import { asciiDomain } from '../../../../wire/address/ascii-domain.ts';
import { isWireAddress, readWireAddress } from '../../../../wire/address/strict.ts';
import { type Mailbox, showMailbox } from '../../../../wire/smtp/path.ts';
import { inverseOf, mapOf, type RewriteEntry } from '../address-maps.ts';

/** Reads a line of a map; a text says what each half must be. */
export function readEntry(given: string, target: string): RewriteEntry | string {
  if (given.includes('@')) {
    const from = readMailbox(given);
    const to = readMailbox(target);
    if (from === null) return 'named by an address, such as anna@corp.example, a domain, or *.corp.example';
    if (to === null || /[^ -~]/.test(target)) return `an address of ASCII characters, as ${given} is an address`;
    return { given, kind: 'address', from, to };
  }
  const below = given.startsWith('*.');
  const from = asciiDomain(below ? given.slice(2) : given);
  const to = asciiDomain(target);
  if (from === null) return 'named by an address, such as anna@corp.example, a domain, or *.corp.example';
  if (to === null) return `a domain, as ${given} is one`;
  return { given, kind: below ? 'below' : 'domain', from, to };
}

/** An address as the wire has it, one character a byte. */
function readMailbox(text: string): Mailbox | null {
  const read = readWireAddress(text.normalize('NFC'));
  if (!isWireAddress(read) || read.literal !== null) return null;
  const domain = asciiDomain(read.domain);
  return domain === null ? null : { local: Buffer.from(read.local, 'utf8').toString('latin1'), domain };
}

/** What is wrong with entries beside each other, each with the entry it is about: one given twice, a way on from where another ends. */
export function entryFaults(entries: readonly RewriteEntry[]): { readonly given: string; readonly message: string }[] {
  const map = mapOf(entries);
  const seen = new Map<string, string>();
  return entries.flatMap((entry) => {
    const key = `${entry.kind} ${entry.kind === 'address' ? addressKey(entry.from.local, entry.from.domain) : entry.from}`;
    const other = seen.get(key);
    seen.set(key, entry.given);
    if (other !== undefined) return [{ given: entry.given, message: `said once: ${other} is the same` }];
    const way = wayOn(map, entry);
    return way === null ? [] : [{ given: entry.given, message: way }];
  });
}

/** What follows the end of an entry, if it is not the end. */
function wayOn(map: AddressMap, entry: RewriteEntry): string | null {
  const next = (at: string): string => {
    if (entry.kind !== 'address') return mapDomain(map, at) ?? at;
    const dividing = at.lastIndexOf('@');
    return showMailbox(mapMailbox(map, { local: at.slice(0, dividing), domain: at.slice(dividing + 1) }));
  };
  const way = [entry.kind === 'address' ? showMailbox(entry.to) : entry.to];
  if (way[0] === (entry.kind === 'address' ? showMailbox(entry.from) : entry.from) && entry.kind !== 'below')
    return 'another one than itself: this changes nothing';
  for (;;) {
    const at = way.at(-1) as string;
    const on = next(at);
    if (on === at) break;
    const circle = way.some((one) => one === on || grows(one, on));
    way.push(on);
    if (circle) return `no circle: ${entry.given} becomes ${way.join(', which becomes ')}`;
  }
  return way.length === 1 ? null : `the last one of its way: ${way.slice(0, -1).join(', ')} becomes ${way.at(-1)}`;
}

/** True for a name with something behind a `+`, which no entry but its own counts for. */
function hasDetail({ local }: Mailbox): boolean {
  return !local.startsWith('"') && local.includes('+');
}

/** True for one mailbox with ever more behind its `+`, as where `a@b` becomes `a+c@b`: such a way has no end. */
function grows(from: string, to: string): boolean {
  const mailbox = (address: string) => address.replace(/\+.*(?=@)/, '');
  return to.length > from.length && mailbox(from) === mailbox(to);
}

/** Why there is no one way back of what entries do; null if there is. */
export function inverseFault(entries: readonly RewriteEntry[]): string | null {
  const map = mapOf(entries);
  const from = new Map<string, string>();
  const twice = (one: string, other: string, both: string) =>
    `given in full, address by address or domain by domain: ${one} and ${other} both become ${both} on the way out`;
  for (const entry of entries) {
    if (entry.kind === 'below')
      return `given in full, as nothing says which name below ${entry.from} an address at ${entry.to} belongs to`;
    if (entry.kind === 'address' && hasDetail(entry.to) && !hasDetail(entry.from))
      return `given in full, as nothing says whose part of ${showMailbox(entry.to)} stands behind its +`;
    const target = entry.kind === 'address' ? addressKey(entry.to.local, entry.to.domain) : entry.to;
    const other = from.get(target);
    if (other !== undefined) return twice(other, entry.given, target);
    from.set(target, entry.given);
  }
  for (const entry of entries) {
    if (entry.kind !== 'address') continue;
    const rival = entries.find(({ kind, to }) => kind === 'domain' && to === entry.to.domain);
    if (rival?.kind !== 'domain') continue;
    // Who has the same name at the domain that becomes this one becomes the same address.
    const namesake = { local: entry.to.local, domain: rival.from };
    const isItself = addressKey(namesake.local, namesake.domain) === addressKey(entry.from.local, entry.from.domain);
    if (!isItself && showMailbox(mapMailbox(map, namesake)) === showMailbox(entry.to))
      return twice(entry.given, showMailbox(namesake), showMailbox(entry.to));
  }
  const [fault] = entryFaults(inverseOf(entries));
  return fault === undefined ? null : `given in full: the way back of ${fault.given} must be ${fault.message}`;
}
