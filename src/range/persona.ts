/**
 * What a practice server says, read from a file of `personas/`: a dialogue with gaps.
 *
 * `S:` lines in front of the first `C:` are the greeting. `C: PATTERN` begins a case: the `S:` lines behind it answer the first command that
 * fits; `*` in a pattern stands for any text, `{domain}` for the company's domain. `C: .` is the end of a message. `! close`, `! secure` and `! take` say what happens
 * besides; `{name}` in a line is filled in. `#` begins a note: what the server is, and where its words come from.
 */
export interface Persona {
  readonly greeting: PersonaAnswer;
  readonly cases: readonly { readonly pattern: readonly string[]; readonly answer: PersonaAnswer }[];
}

export interface PersonaAnswer {
  readonly lines: readonly string[];
  readonly deeds: readonly PersonaDeed[];
}

export type PersonaDeed = 'close' | 'secure' | 'take';
const DEEDS: ReadonlySet<string> = new Set(['close', 'secure', 'take']);

/** Reads a persona. Throws for a line it cannot read: personas are ours. */
export function readPersona(text: string): Persona {
  const cases: { pattern: string[]; answer: { lines: string[]; deeds: PersonaDeed[] } }[] = [];
  const greeting = { lines: [] as string[], deeds: [] as PersonaDeed[] };
  for (const [index, line] of text.split('\n').entries()) {
    const answer = cases.at(-1)?.answer ?? greeting;
    const rest = line.slice(3);
    if (line.startsWith('C: '))
      cases.push({ pattern: rest.toUpperCase().split('*'), answer: { lines: [], deeds: [] } });
    else if (line.startsWith('S: ')) answer.lines.push(rest);
    else if (line.startsWith('! ') && DEEDS.has(line.slice(2))) answer.deeds.push(line.slice(2) as PersonaDeed);
    else if (line.trim() !== '' && !line.startsWith('#'))
      throw new Error(`persona line ${index + 1} cannot be read: ${line}`);
  }
  return { greeting, cases };
}

/** The answer to a command: that of the first case that fits, at a company of this domain. */
export function answerOf({ cases }: Persona, command: string, domain = ''): PersonaAnswer | undefined {
  const upper = command.toUpperCase();
  const own = domain.toUpperCase();
  const filled = (pattern: readonly string[]) => pattern.map((piece) => piece.replaceAll('{DOMAIN}', own));
  return cases.find(({ pattern }) => fits(filled(pattern), upper))?.answer;
}

/** Pieces between wildcards, in order; each is looked for once, behind the one before it. */
function fits(pieces: readonly string[], text: string): boolean {
  const [first = '', ...rest] = pieces;
  if (rest.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  const last = rest.pop() as string;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
