/** Longer texts are no address, whatever they hold. */
const LENGTH_MAX = 4_096;

/**
 * True if a text is an addr-spec of RFC 5322 §3.4.1, obsolete forms (§4.4), comments and folds included. It says what may stand in a header,
 * not what may be sent: for that see `strict.ts`. Labels that begin or end with a hyphen are refused, since no host has one (RFC 1123 §2.1).
 */
export function isAddrSpec(text: string): boolean {
  if (text.length > LENGTH_MAX) return false;
  const reader = new SpecReader(text);
  return reader.readLocal() && reader.take('@') && reader.readDomain() && reader.atEnd;
}

const ATEXT = /[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\uffff]/;

class SpecReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  /** word *("." word), with comments and folds around each word (obs-local-part holds the other forms). */
  readLocal(): boolean {
    do {
      if (!this.#skipBlanks()) return false;
      const word = this.#text[this.#at] === '"' ? this.#readQuoted() : this.#readAtom() !== '';
      if (!word || !this.#skipBlanks()) return false;
    } while (this.take('.'));
    return true;
  }

  readDomain(): boolean {
    if (!this.#skipBlanks()) return false;
    if (this.#text[this.#at] === '[') return this.#readLiteral() && this.#skipBlanks();
    do {
      if (!this.#skipBlanks()) return false;
      const label = this.#readAtom();
      if (label === '' || label.startsWith('-') || label.endsWith('-') || !this.#skipBlanks()) return false;
    } while (this.take('.'));
    return true;
  }

  #readAtom(): string {
    const from = this.#at;
    while (this.#at < this.#text.length && ATEXT.test(this.#text[this.#at] as string)) this.#at++;
    return this.#text.slice(from, this.#at);
  }

  #readQuoted(): boolean {
    this.#at++;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) return false;
      if (char === '"') {
        this.#at++;
        return true;
      }
      if (!this.#takeContent(char)) return false;
    }
  }

  #readLiteral(): boolean {
    this.#at++;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined || char === '[') return false;
      if (char === ']') {
        this.#at++;
        return true;
      }
      if (!this.#takeContent(char)) return false;
    }
  }

  /** One character, escaped pair or fold inside quotes, brackets or a comment. */
  #takeContent(char: string): boolean {
    if (char === '\\') {
      const next = this.#text[this.#at + 1];
      if (next === undefined) return false;
      this.#at += 2;
      return true;
    }
    if (char === '\r') return this.#takeFold();
    // obs-qtext and its like leave out NUL and line ends only.
    if (char === '\n' || char === '\0') return false;
    this.#at++;
    return true;
  }

  /** CRLF and at least one blank (RFC 5322 §3.2.2); two line ends in a row are none. */
  #takeFold(): boolean {
    if (this.#text[this.#at + 1] !== '\n') return false;
    const next = this.#text[this.#at + 2];
    if (next !== ' ' && next !== '\t') return false;
    this.#at += 2;
    return true;
  }

  /** Blanks, folds and comments. False if one of them is broken. */
  #skipBlanks(): boolean {
    for (;;) {
      const char = this.#text[this.#at];
      if (char === ' ' || char === '\t') this.#at++;
      else if (char === '\r') {
        if (!this.#takeFold()) return false;
      } else if (char === '(') {
        if (!this.#skipComment()) return false;
      } else return true;
    }
  }

  #skipComment(): boolean {
    let depth = 0;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) return false;
      if (char === '(' || char === ')') {
        depth += char === '(' ? 1 : -1;
        this.#at++;
        if (depth === 0) return true;
      } else if (!this.#takeContent(char)) return false;
    }
  }
}
