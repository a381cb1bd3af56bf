/** Keywords kept of one EHLO answer. */
const KEYWORDS_MAX = 60;

/** EHLO keywords in the order they were offered, without parameters; the first line, which names the host, is left out. */
export function ehloKeywords(text: string): string[] {
  const keywords: string[] = [];
  for (const [index, line] of text.split(/\r\n|\n|\r/, KEYWORDS_MAX + 1).entries()) {
    const coded = /^250[ -]/.test(line);
    if (index === 0 || (!coded && /^\d{3}/.test(line))) continue;
    const word = /^[^\s=]+/.exec(coded ? line.slice(4) : line)?.[0];
    if (word === undefined) continue;
    const upper = word.toUpperCase();
    // `AUTH PLAIN` and the older `AUTH=PLAIN` are one offer.
    if (upper !== 'AUTH' || keywords.at(-1) !== 'AUTH') keywords.push(upper);
  }
  return keywords;
}
