/** Elements that end a line of text. */
const BLOCKS = new Set([
  'br',
  'p',
  'div',
  'tr',
  'li',
  'ul',
  'ol',
  'table',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'hr',
  'pre',
  'blockquote',
  'title',
  'td',
  'th',
]);
/** Elements whose content is not shown. */
const HIDDEN = new Set(['style', 'script', 'head']);
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  middot: '·',
};

const MAX_HTML = 512 * 1024;

/** The words of an HTML body, a line for each block: enough to read a report, in one pass. Links are kept out, their words stay. */
export function htmlToText(html: string): string {
  const text = html.slice(0, MAX_HTML);
  let out = '';
  // Looking at the end of what is being put together would copy all of it each time.
  let atLineStart = true;
  const add = (words: string) => {
    if (words === '') return;
    out += words;
    atLineStart = words.endsWith('\n');
  };
  let hidden = '';
  let preformatted = false;
  let i = 0;
  while (i < text.length) {
    const open = text.indexOf('<', i);
    const stop = open === -1 ? text.length : open;
    if (hidden === '') {
      const said = text.slice(i, stop);
      // A blank behind a line's end is no part of the next line; the lines of `<pre>` are kept.
      const shown = preformatted ? said : said.replace(/\s+/g, ' ');
      add(entities(!preformatted && atLineStart ? shown.trimStart() : shown));
    }
    if (open === -1) break;
    const close = text.startsWith('<!--', open) ? text.indexOf('-->', open) : text.indexOf('>', open);
    if (close === -1) break;
    const tag = /^<(\/?)([a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])/.exec(text.slice(open, open + 24));
    if (tag !== null) {
      const name = (tag[2] as string).toLowerCase();
      if (name === 'pre' || name === 'plaintext') preformatted = tag[1] !== '/';
      if (HIDDEN.has(name)) hidden = tag[1] === '/' ? '' : name;
      else if (BLOCKS.has(name)) add('\n');
    } else if (hidden === '' && /[^!/?]/.test(text.charAt(open + 1)) && text.slice(open, close).includes('@')) {
      // `<user@example>` that was never escaped.
      add(text.slice(open, close + 1));
    }
    i = close + (text.startsWith('<!--', open) ? 3 : 1);
  }
  return out;
}

function entities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#x?[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});/g, (whole, name: string) => {
    if (name.startsWith('#')) {
      const point = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
      return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    }
    return ENTITIES[name] ?? whole;
  });
}
