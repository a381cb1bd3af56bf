import type { Line } from '../wire/smtp/line.ts';

/** Evidence is quoted, never retold, so a reader can disagree with us. */
export type Evidence =
  | { readonly kind: 'dialogue'; readonly lines: readonly Line[] }
  | { readonly kind: 'record'; readonly name: string; readonly type: string; readonly data: string }
  | { readonly kind: 'header'; readonly field: string; readonly value: string }
  | { readonly kind: 'http'; readonly url: string; readonly status: number; readonly quote: string }
  | { readonly kind: 'tls'; readonly host: string; readonly quote: string }
  | { readonly kind: 'file'; readonly path: string; readonly quote: string };
