/** Text in columns of a terminal. Everything here takes text that `escape.ts` has made safe, and before it is coloured. */

/** Drawn two columns wide by terminals (East Asian wide and full-width, and pictures). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
const MARK = /\p{M}/u;
const PLAIN = /^[\x20-\x7e]*$/;

/** How many columns a terminal takes to draw `text`. */
export function columnsOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += columnsOfOne(character);
  return columns;
}

function columnsOfOne(character: string): number {
  if (character < '\x7f') return 1;
  if (WIDE.test(character)) return 2;
  return MARK.test(character) ? 0 : 1;
}

/** `text` with blanks behind it up to `width` columns; longer text stays whole. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columnsOf(text)));
}

/** `text` cut to `width` columns, the last of them `…` if something was cut. */
export function clipped(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  return `${headOf(text, Math.max(0, width - 1))}…`;
}

/** Lines of at most `width` columns (at least 8), broken at blanks, and inside a word only where it alone is too long. */
export function wrapped(text: string, width: number): string[] {
  const room = Math.max(8, width);
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of text.split(' ')) {
    let rest = word;
    let columns = columnsOf(rest);
    if (used > 0 && used + 1 + columns > room) {
      lines.push(line);
      line = '';
      used = 0;
    }
    while (columns > room) {
      const head = headOf(rest, room);
      lines.push(head);
      rest = rest.slice(head.length);
      columns -= columnsOf(head);
    }
    line += used > 0 ? ` ${rest}` : rest;
    used += columns + (used > 0 ? 1 : 0);
  }
  lines.push(line);
  return lines;
}

/** As much of `text` from its beginning as fits in `width` columns. */
function headOf(text: string, width: number): string {
  let head = '';
  let used = 0;
  for (const character of text) {
    const columns = columnsOfOne(character);
    if (used + columns > width) break;
    head += character;
    used += columns;
  }
  return head;
}
