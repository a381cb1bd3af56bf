import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { html, Markup } from './markup.ts';

/** Style sheets, in order. The first two are shared with the dashboard. */
const SHEETS = ['tokens.css', 'elements.css', 'report.css', 'print.css'] as const;

let loaded: { readonly css: string; readonly hash: string } | undefined;

/** The style sheets as one text, and its hash as a content security policy names it. Read once. */
export function styles(): { readonly css: string; readonly hash: string } {
  if (loaded === undefined) {
    const css = SHEETS.map((name) => readFileSync(new URL(`../css/${name}`, import.meta.url), 'utf8')).join('\n');
    loaded = { css, hash: `sha256-${createHash('sha256').update(css).digest('base64')}` };
  }
  return loaded;
}

/**
 * A whole, self-contained page: no script, no image, no font and no address from outside, and a policy that forbids
 * them all, so that opening a report of a hostile server asks nobody anything.
 */
export function documentOf(title: string, body: Markup): string {
  const { css, hash } = styles();
  const policy = `default-src 'none'; style-src '${hash}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="generator" content="mailward">
<title>${title}</title>
<style>${new Markup(css)}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}
