import { hasEncodedWord, readEncodedWords } from '../mime/encoded-word.ts';

/** A mailbox as a header names it. */
export interface HeaderMailbox {
  /** Display name, decoded; where there is none, the comment beside the address. Null if there is neither. */
  readonly name: string | null;
  /** `local@domain`, or what stands in its place; empty where only a name is given. */
  readonly address: string;
  /** As written, quotes included. */
  readonly local: string;
  /** Lower case; empty if there is none. */
  readonly domain: string;
  /** Name of the group it is in (RFC 5322 §3.4); null outside groups. */
  readonly group: string | null;
}

/**
 * Why a list can be read in several ways. `encoded-address`: an encoded word inside an address. `several-angles`: more than one `<…>` in
 * one mailbox. `unclosed`: a bracket, quote or comment without end. `control`: a control character. `route`: a source route.
 * `several-at`: an address with more than one `@` outside quotes. `comment-in-address`, `blank-in-address`: inside the brackets.
 * `no-address`: a piece without one. `too-many`: the rest was not read.
 */
export type AddressFlaw =
  | 'encoded-address'
  | 'several-angles'
  | 'unclosed'
  | 'control'
  | 'route'
  | 'several-at'
  | 'comment-in-address'
  | 'blank-in-address'
  | 'no-address'
  | 'too-many';

export interface AddressList {
  readonly mailboxes: readonly HeaderMailbox[];
  /** Names of groups, empty ones too (`undisclosed-recipients:;`). */
  readonly groups: readonly string[];
  readonly flaws: readonly AddressFlaw[];
}

/** More mailboxes of one field are not read. */
export const MAILBOXES_MAX = 5_000;
const TEXT_MAX = 512 * 1024;
const NAME_MAX = 4_096;

/**
 * Reads an address list of a header (RFC 5322 §3.4), as found in the wild: commas in names, semicolons between, missing brackets, comments
 * for names, several brackets. For reading only: what is sent goes by `strict.ts`. `text` is the unfolded value with its encoded words,
 * which are decoded here, after the structure is known. The time is linear in the text.
 */
export function readAddressList(text: string): AddressList {
  const reader = new ListReader(text.length > TEXT_MAX ? text.slice(0, TEXT_MAX) : text);
  reader.read();
  return { mailboxes: reader.mailboxes, groups: reader.groups, flaws: [...reader.flaws] };
}

/** A run of a piece: plain words, a quoted string (without quotes), a comment (without brackets) or what stands in angle brackets. */
interface Run {
  readonly kind: 'words' | 'quoted' | 'comment' | 'angle';
  readonly text: string;
}

class ListReader {
  readonly mailboxes: HeaderMailbox[] = [];
  readonly groups: string[] = [];
  readonly flaws = new Set<AddressFlaw>();
  readonly #text: string;
  #at = 0;
  #runs: Run[] = [];
  #group: string | null = null;
  /** A piece without address, which may be the first half of a name with a comma. */
  #held: Run[] = [];

  constructor(text: string) {
    this.#text = text;
    if (/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)/.test(text)) this.flaws.add('control');
  }

  read(): void {
    const text = this.#text;
    while (this.#at < text.length) {
      if (this.mailboxes.length >= MAILBOXES_MAX || this.groups.length >= MAILBOXES_MAX) {
        this.flaws.add('too-many');
        return;
      }
      const char = text[this.#at] as string;
      if (char === ',' || char === ';') {
        this.#at++;
        this.#endPiece(char);
      } else if (char === ':' && this.#group === null && this.#isGroupName()) {
        this.#at++;
        this.#group = nameOf([...this.#held, ...this.#runs]) ?? '';
        this.groups.push(this.#group);
        this.#runs = [];
        this.#held = [];
      } else if (char === '"') this.#takeQuoted();
      else if (char === '(') this.#takeComment();
      else if (char === '<') this.#takeAngle();
      else this.#takeWords();
    }
    this.#endPiece('');
    this.#release();
  }

  #isGroupName(): boolean {
    return (
      this.#runs.some(({ kind }) => kind !== 'comment') &&
      this.#runs.every(({ kind, text }) => kind !== 'angle' && !(kind === 'words' && text.includes('@')))
    );
  }

  #takeWords(): void {
    const from = this.#at;
    while (this.#at < this.#text.length && !',;"(<'.includes(this.#text[this.#at] as string)) {
      if (
        this.#text[this.#at] === ':' &&
        this.#at > from &&
        this.#group === null &&
        !this.#text.slice(from, this.#at).includes('@') &&
        this.#runs.every(({ kind }) => kind !== 'angle')
      )
        break;
      if (this.#text[this.#at] === '[') {
        const close = this.#text.indexOf(']', this.#at);
        if (close !== -1 && close - this.#at < 100) this.#at = close;
      }
      this.#at++;
    }
    if (this.#at === from) this.#at++;
    this.#runs.push({ kind: 'words', text: this.#text.slice(from, this.#at) });
  }

  #takeQuoted(): void {
    let value = '';
    let from = ++this.#at;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) {
        this.flaws.add('unclosed');
        break;
      }
      if (char === '"') break;
      if (char === '\\') {
        value += this.#text.slice(from, this.#at);
        from = ++this.#at;
      }
      this.#at++;
    }
    value += this.#text.slice(from, this.#at);
    this.#at++;
    this.#runs.push({ kind: 'quoted', text: value });
  }

  #takeComment(): void {
    let depth = 0;
    const from = this.#at + 1;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) {
        this.flaws.add('unclosed');
        break;
      }
      if (char === '\\') this.#at++;
      else if (char === '(') depth++;
      else if (char === ')' && --depth === 0) break;
      this.#at++;
    }
    this.#runs.push({ kind: 'comment', text: this.#text.slice(from, this.#at).replace(/\\(.)/g, '$1') });
    this.#at++;
  }

  #takeAngle(): void {
    while (this.#text[this.#at + 1] === '<') this.#at++;
    const from = ++this.#at;
    let quoted = false;
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at];
      if (char === '\\' && quoted) this.#at++;
      else if (char === '"') quoted = !quoted;
      else if (char === '>' && !quoted) break;
      this.#at++;
    }
    if (this.#at >= this.#text.length && quoted) {
      // The quote was none: the bracket ends where the first one closes.
      const close = this.#text.indexOf('>', from);
      this.#at = close === -1 ? this.#text.length : close;
    }
    if (this.#at >= this.#text.length) this.flaws.add('unclosed');
    this.#runs.push({ kind: 'angle', text: this.#text.slice(from, this.#at) });
    this.#at++;
    while (this.#text[this.#at] === '>') this.#at++;
  }

  #endPiece(separator: ',' | ';' | ''): void {
    const runs = this.#runs;
    this.#runs = [];
    if (runs.some(({ kind, text }) => kind !== 'words' || text.trim() !== '')) {
      const angle = runs.some(({ kind }) => kind === 'angle');
      const bare = !angle && !runs.some(({ kind, text }) => kind === 'words' && text.includes('@'));
      if (bare && separator === ',') {
        // `Smith, John <j@x>`: the comma belongs to the name if the next piece has the address.
        this.#release();
        this.#held = runs;
        return;
      }
      if (angle && this.#held.length > 0) {
        this.#add([...this.#held, { kind: 'words', text: ', ' }, ...runs]);
        this.#held = [];
      } else {
        this.#release();
        this.#add(runs);
      }
    }
    if (separator === ';') {
      this.#release();
      this.#group = null;
    }
  }

  #release(): void {
    if (this.#held.length > 0) this.#add(this.#held);
    this.#held = [];
  }

  #add(runs: readonly Run[]): void {
    const angles = runs.filter(({ kind }) => kind === 'angle');
    if (angles.length > 1) this.flaws.add('several-angles');
    // The last bracket is the address: a name may hold others.
    const angle = angles.at(-1);
    const comments = runs.filter(({ kind }) => kind === 'comment');
    if (angle !== undefined) {
      const spec = this.#specOf(angle.text);
      const name = nameOf(runs.filter((run) => run !== angle && run.kind !== 'comment')) ?? commentName(comments);
      this.#push(name, spec);
      return;
    }
    const found = bareAddress(runs);
    if (found === null) {
      this.flaws.add('no-address');
      const name = nameOf(runs) ?? commentName(comments);
      if (name !== null) this.#push(name, '');
      return;
    }
    this.#push(found.name ?? commentName(comments), this.#specOf(found.address));
  }

  /** An addr-spec without route, comments and blanks. */
  #specOf(text: string): string {
    let spec = text.trim();
    if (spec.includes('(')) {
      this.flaws.add('comment-in-address');
      spec = withoutComments(spec);
    }
    const route = /^(?:@[^@,:\s"]{1,255}[,\s]*){1,20}:/.exec(spec);
    if (route !== null) {
      this.flaws.add('route');
      spec = spec.slice(route[0].length);
    }
    if (/\s/.test(spec)) {
      if (/\S\s+\S/.test(spec) && !spec.startsWith('"')) this.flaws.add('blank-in-address');
      if (!spec.startsWith('"')) spec = spec.replace(/\s+/g, '');
    }
    if (hasEncodedWord(spec)) this.flaws.add('encoded-address');
    return spec;
  }

  #push(name: string | null, spec: string): void {
    const at = atOf(spec);
    if (at !== -1 && atOf(spec.slice(0, at)) !== -1) this.flaws.add('several-at');
    this.mailboxes.push({
      name: name === null ? null : name.slice(0, NAME_MAX),
      address: spec,
      local: at === -1 ? spec : spec.slice(0, at),
      domain: at === -1 ? '' : spec.slice(at + 1).toLowerCase(),
      group: this.#group,
    });
  }
}

/** Index of the last `@` outside quotes; -1 if there is none. */
function atOf(spec: string): number {
  let quoted = false;
  let found = -1;
  for (let at = 0; at < spec.length; at++) {
    const char = spec[at];
    if (char === '\\' && quoted) at++;
    else if (char === '"') quoted = !quoted;
    else if (char === '@' && !quoted) found = at;
  }
  return found;
}

function withoutComments(text: string): string {
  let out = '';
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (char === '\\') {
      if (depth === 0) out += text.slice(at, at + 2);
      at++;
    } else if (char === '"' && depth === 0) {
      quoted = !quoted;
      out += char;
    } else if (char === '(' && !quoted) depth++;
    else if (char === ')' && !quoted && depth > 0) depth--;
    else if (depth === 0) out += char;
  }
  return out.trim();
}

/** The display name that runs make together, decoded; null if they are blank. */
function nameOf(runs: readonly Run[]): string | null {
  const text = runs
    .filter(({ kind }) => kind !== 'comment' && kind !== 'angle')
    .map((run) => run.text)
    .join('');
  const name = readEncodedWords(text)
    .replace(/[ \t\r\n]+/g, ' ')
    .trim();
  return name === '' ? null : name;
}

function commentName(comments: readonly Run[]): string | null {
  const text = readEncodedWords(comments.map((run) => run.text).join(' '))
    .replace(/[ \t\r\n]+/g, ' ')
    .trim();
  return text === '' ? null : text;
}

/** The address of a piece without brackets: its last word with an `@`, with a quoted local part before it; the rest is a name. */
function bareAddress(runs: readonly Run[]): { readonly address: string; readonly name: string | null } | null {
  const index = runs.findLastIndex(({ kind, text }) => kind === 'words' && text.includes('@'));
  if (index === -1) return null;
  const text = (runs[index] as Run).text.replace(/\s*@\s*/g, '@').replace(/\s*\.\s+(?=\S)/g, '.');
  const words = text.trim().split(/\s+/);
  const word = words.findLastIndex((each) => each.includes('@'));
  let address = words[word] as string;
  let before = runs.slice(0, index);
  const quoted = before.at(-1);
  if (address.startsWith('@') && quoted?.kind === 'quoted' && /^@/.test(text)) {
    address = `"${quoted.text.replace(/["\\]/g, '\\$&')}"${address}`;
    before = before.slice(0, -1);
  }
  const rest = [
    ...before,
    { kind: 'words' as const, text: ` ${[...words.slice(0, word), ...words.slice(word + 1)].join(' ')}` },
  ];
  return { address, name: nameOf(rest) };
}
