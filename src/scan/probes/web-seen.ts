import type { WebAnswer } from '../../net/web-client.ts';

/** One page of a web server, as it answered. */
export interface WebPage extends WebAnswer {
  readonly url: string;
  readonly path: string;
}

/** What the web side of a mail server showed. */
export interface WebSeen {
  /** In the order they were asked for. */
  readonly pages: readonly WebPage[];
}

/** The value of a field of a page, or null. */
export function fieldOf({ fields }: WebAnswer, name: string): string | null {
  return fields.find(([own]) => own === name)?.[1] ?? null;
}
