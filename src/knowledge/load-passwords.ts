import { readFileSync } from 'node:fs';

let words: ReadonlySet<string> | undefined;

/** True for a word, in lower case, that lists of leaked passwords have most of (`words/common-passwords.txt`, read once). */
export function isCommonPassword(word: string): boolean {
  words ??= new Set(
    readFileSync(new URL('./words/common-passwords.txt', import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .flatMap((line) => line.split(' '))
      .filter((entry) => entry !== ''),
  );
  return words.has(word);
}
