import type { Remedy } from '../../finding/rule.ts';
import { wrapped } from '../columns.ts';
import { visible } from '../escape.ts';
import { indented, type Page } from './page.ts';

/** What to change on one platform; what is to be pasted stands on lines of its own and is never broken. */
export function* remedyLines({ platform, text, config }: Remedy, width: number, { paint }: Page): Generator<string> {
  const where = platform === '*' ? 'Remedy' : `Remedy for ${platform}`;
  const label = visible(where, 60);
  for (const [at, line] of wrapped(`${label}: ${visible(text)}`, width).entries())
    yield at === 0 && line.startsWith(label) ? paint.good(label) + line.slice(label.length) : line;
  if (config !== undefined)
    yield* indented(
      config.split('\n').map((line) => visible(line)),
      4,
    );
}
