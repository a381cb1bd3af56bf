import type { Evidence } from '../finding/evidence.ts';
import { visible, visibleBytes } from './escape.ts';

/** The source of a piece of evidence that is no dialogue, and its words. Unescaped: the words are one character a byte. */
export function sourceOf(
  evidence: Exclude<Evidence, { readonly kind: 'dialogue' }>,
): readonly [source: string, words: string] {
  switch (evidence.kind) {
    case 'record':
      return [`${evidence.name} ${evidence.type}`, evidence.data];
    case 'header':
      return [`${evidence.field}:`, evidence.value];
    case 'http':
      return [`${evidence.url} (${evidence.status})`, evidence.quote];
    case 'tls':
      return [`TLS of ${evidence.host}`, evidence.quote];
    case 'file':
      return [evidence.path, evidence.quote];
  }
}

/** Evidence as lines of plain text that are safe to show: `C: ` and `S: ` for a dialogue, source and words for the rest. */
export function* evidenceWords(evidence: Evidence): Generator<string> {
  if (evidence.kind === 'dialogue') {
    for (const { from, text } of evidence.lines) yield `${from === 'client' ? 'C' : 'S'}: ${visibleBytes(text)}`;
  } else {
    const [source, words] = sourceOf(evidence);
    yield `${visible(source)} ${visibleBytes(words)}`;
  }
}
