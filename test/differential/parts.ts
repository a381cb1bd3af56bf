/** A part of a unit that gets an answer of its own: a command line with its end, a chunk's octets with its command, or the text of a message. */
export interface Part {
  readonly phase: 'command' | 'text';
  /** latin1. */
  readonly text: string;
  /** It has come to its end. */
  readonly whole: boolean;
}

/**
 * A unit as a reader sees it that takes LF for the end of a command, as others do, and CRLF.CRLF alone for the end of a message. `inText`: the
 * unit begins inside a message.
 */
export function partsOf(unit: string, inText: boolean): readonly Part[] {
  const parts: Part[] = [];
  let rest = unit;
  if (inText) {
    const end = rest.startsWith('.\r\n') ? 3 : rest.indexOf('\r\n.\r\n') + 5;
    const text = end < 5 && !rest.startsWith('.\r\n') ? rest : rest.slice(0, end);
    parts.push({ phase: 'text', text, whole: /(?:^|\r\n)\.\r\n$/.test(text) });
    rest = rest.slice(text.length);
  }
  while (rest !== '') {
    const line = /^[^\n]*\n?/.exec(rest)?.[0] as string;
    const octets = Number(/^BDAT +\+?(\d{1,9})\b/i.exec(line)?.[1] ?? 0);
    const text = rest.slice(0, line.length + octets);
    parts.push({ phase: 'command', text, whole: line.endsWith('\n') && text.length === line.length + octets });
    rest = rest.slice(text.length);
  }
  return parts;
}
