import type { ProductName } from '../knowledge/load-names.ts';
import type { HoleKnowledge } from '../knowledge/load-vulnerabilities.ts';

/** A product whose holes can be looked up, and the part of it that was named. */
export interface NamedProduct {
  readonly product: string;
  /** The part, where it has a version of its own: `imp` of Horde. */
  readonly component: string | null;
  /** What stood behind the name. */
  readonly rest: string;
}

export type ProductReading =
  | { readonly ok: true; readonly named: NamedProduct }
  | { readonly ok: false; readonly near: readonly string[] };

/** Longest text that is searched for a name. */
const TEXT_MAX = 200;
/** Typing errors that still count as near. */
const NEAR_ERRORS = 2;
const NEAR_MAX = 4;

/** Names that people and Debian use besides those of the list: `product` or `product/part`. */
const FURTHER: Readonly<Record<string, string>> = {
  exim4: 'exim',
  'exim4-daemon-light': 'exim',
  'exim4-daemon-heavy': 'exim',
  'dovecot-core': 'dovecot',
  'dovecot-pro': 'dovecot',
  'amavisd-new': 'amavis',
  'sendmail-bin': 'sendmail',
  'roundcube-core': 'roundcube',
  'courier-imap': 'courier/imap',
  sqwebmail: 'courier/sqwebmail',
  hyperkitty: 'mailman3/hyperkitty',
  postorius: 'mailman3/postorius',
  mailman: 'mailman2',
  imp: 'horde/imp',
  kronolith: 'horde/kronolith',
  turba: 'horde/turba',
  pigeonhole: 'dovecot',
  scanmail: 'trendmicro-imsva/scanmail',
  'trendmicro-scanmail': 'trendmicro-imsva/scanmail',
  'symantec-mss': 'symantec-mg/mail-security',
  mailsweeper: 'clearswift',
  spamassasin: 'spamassassin',
};

/** Finds the product that a text begins with; what follows is the rest. Never throws. */
export function readProduct(text: string, names: readonly ProductName[], knowledge: HoleKnowledge): ProductReading {
  const words = text.slice(0, TEXT_MAX).trim().split(/\s+/);
  const table = tableOf(names);
  for (let count = words.length; count > 0; count--) {
    const found = lookUp(plain(words.slice(0, count).join(' ')), table, knowledge);
    if (found === null) continue;
    const rest = words.slice(count).join(' ');
    // "exchange 2003 server" names a generation too.
    return {
      ok: true,
      named: { ...found, rest: rest === '' && found.product === 'exchange' ? generationIn(text) : rest },
    };
  }
  return { ok: false, near: nearest(plain(words[0] ?? ''), [...table.keys()]) };
}

/** Where the holes of a product id are kept: a few products are parts of another's file. */
export function holesUnder(product: string): Pick<NamedProduct, 'product' | 'component'> {
  const [name = product, component = null] = (FURTHER[product] ?? product).split('/');
  return { product: name, component };
}

function lookUp(
  name: string,
  table: ReadonlyMap<string, string>,
  knowledge: HoleKnowledge,
): Pick<NamedProduct, 'product' | 'component'> | null {
  if (FURTHER[name] !== undefined) return holesUnder(name);
  const id = table.get(name);
  if (id !== undefined) return holesUnder(id);
  if (knowledge.holesOf(name) !== null) return { product: name, component: null };
  const part =
    /^(?:php-)?(horde|courier|domino|mailman3|trendmicro-imsva|symantec-mg|mdaemon|icewarp|mailenable)-([a-z-]+)$/.exec(
      name,
    );
  if (part?.[1] === undefined || part[2] === undefined) return null;
  const rows = knowledge.holesOf(part[1])?.rows ?? [];
  return rows.some((row) => row.component === part[2]) ? { product: part[1], component: part[2] } : null;
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[®™,]/g, '').trim();
}

/** Every name in lower case; the first product of a name has it. */
function tableOf(names: readonly ProductName[]): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  const add = (name: string, id: string) => {
    if (!table.has(name)) table.set(name, id);
  };
  for (const { id } of names) add(id, id);
  for (const { id, name, vendor, aliases } of names) {
    add(plain(name), id);
    if (vendor !== null) add(plain(`${vendor} ${name}`), id);
    for (const alias of aliases ?? []) add(alias, id);
  }
  return table;
}

function generationIn(text: string): string {
  return /\b(?:4\.0|5\.0|5\.5|20\d\d|se)\b/i.exec(text)?.[0] ?? '';
}

function nearest(word: string, names: readonly string[]): string[] {
  const short = word.slice(0, 30);
  const near = names.flatMap((name) => {
    const errors = name.startsWith(short) && short.length >= 3 ? 0 : editDistance(short, name.slice(0, 30));
    return errors <= NEAR_ERRORS ? [{ name, errors }] : [];
  });
  return near
    .sort((a, b) => a.errors - b.errors || a.name.length - b.name.length)
    .slice(0, NEAR_MAX)
    .map(({ name }) => name);
}

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > NEAR_ERRORS) return NEAR_ERRORS + 1;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
