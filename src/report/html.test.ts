import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { exchange2007 } from '../../test/reports/exchange-2007.ts';
import { hostileReport } from '../../test/reports/hostile.ts';
import { postfix } from '../../test/reports/postfix.ts';
import { noSuchDomain, silentServer } from '../../test/reports/unreachable.ts';
import { compareReports } from './compare.ts';
import { referenceLink } from './html/links.ts';
import { bytes, html, Markup } from './html/markup.ts';
import { renderHtml } from './html.ts';

const samples = [exchange2007, postfix, noSuchDomain, silentServer, hostileReport()];
const FORBIDDEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Cs}/u;

/** The page without its style sheet. */
const bodyOf = (page: string) => page.slice(page.indexOf('<body>'));
const tagsOf = (page: string) => page.match(/<[a-z!/][^>]*>/g) ?? [];

test('values of a template are escaped where they stand', () => {
  assert.equal(
    html`<p title="${'"<'}">${'<b>"'}${3}${null}${false}${undefined}</p>`.text,
    '<p title="&quot;&lt;">&lt;b&gt;&quot;3</p>',
  );
  assert.equal(html`${[html`<i>${'a'}</i>`, 'b<']}`.text, '<i>a</i>b&lt;');
  assert.equal(html`${bytes('\xc3\xa9\xff')}`.text, 'é<span class="spelt">\\xff</span>');
  assert.throws(() => html`<p title="${new Markup('<b>')}">`, TypeError);
});

test('the policy names the hash of the style that is there, and allows nothing else', () => {
  for (const report of samples) {
    const page = renderHtml(report);
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1];
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'");
    const hash = createHash('sha256').update(style!).digest('base64');
    assert.equal(policy, `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`);
  }
});

test('a page needs nothing from outside and holds nothing that acts', () => {
  for (const report of samples) {
    const page = renderHtml(report);
    assert.equal(page.split('<style>').length, 2);
    assert.doesNotMatch(page, /@import|url\(/);
    for (const tag of tagsOf(bodyOf(page))) {
      assert.doesNotMatch(tag, /^<(script|img|iframe|link|object|embed|form|base|meta|style)/);
      assert.doesNotMatch(tag.replaceAll(/"[^"]*"/g, '""'), /\s(style|src|srcset|on[a-z]+)=/);
    }
  }
});

test('links lead to known places only', () => {
  const hrefs = [...bodyOf(renderHtml(hostileReport())).matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
  assert.ok(
    hrefs.every((href) => href!.startsWith('#')),
    hrefs.join(' '),
  );
  assert.match(
    referenceLink('RFC 5321 §4.5.2').text,
    /href="https:\/\/www\.rfc-editor\.org\/rfc\/rfc5321#section-4\.5\.2"/,
  );
  assert.match(referenceLink('CVE-2021-26855').text, /href="https:\/\/www\.cve\.org\/CVERecord\?id=CVE-2021-26855"/);
  assert.doesNotMatch(referenceLink('javascript:alert(1)').text, /href/);
  assert.doesNotMatch(referenceLink('https://example.com/"onclick=x').text, /href/);
});

test('hostile strings are shown and neither act nor add a tag', () => {
  const shape = (page: string) =>
    tagsOf(bodyOf(page).replaceAll(/<span class="spelt">[^<]*<\/span>/g, '')).map((tag) => /^<\/?\w+/.exec(tag)?.[0]);
  const calm = shape(renderHtml(hostileReport('a b')));
  assert.ok(calm.length > 100);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const page = renderHtml(hostileReport(`<b>"'${text}</style></title>`));
      assert.doesNotMatch(page, FORBIDDEN);
      assert.equal(page.split('</style>').length, 2);
      assert.equal(page.split('</title>').length, 2);
      assert.deepEqual(shape(page), calm);
    }),
    { numRuns: 60 },
  );
});

test('ids are unique, and every link of the contents and every label has its target', () => {
  for (const report of samples) {
    const page = bodyOf(renderHtml(report, { comparison: compareReports(postfix, report) }));
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!);
    assert.equal(new Set(ids).size, ids.length);
    for (const [, id] of page.matchAll(/(?:href="#|for="|aria-labelledby=")([^"]*)"/g))
      assert.ok(ids.includes(id!), id);
  }
});

test('the remedy of the product that answers is chosen', () => {
  const page = renderHtml(exchange2007);
  for (const [, label] of page.matchAll(/ checked><label for="[^"]*">([^<]*)</g)) assert.equal(label, 'Exchange');
  assert.equal([...page.matchAll(/ checked>/g)].length, 4);
});

test('headings do not skip a level', () => {
  for (const report of samples) {
    let last = 0;
    for (const [, level] of bodyOf(renderHtml(report)).matchAll(/<h([1-6])/g)) {
      assert.ok(Number(level) <= last + 1);
      last = Number(level);
    }
  }
});

test('a report of a thousand servers stays a page', () => {
  const one = exchange2007.findings[4]!;
  const findings = Array.from({ length: 1000 }, (_, at) => ({ ...one, subject: `mx${at}.example:25` }));
  const page = renderHtml({ ...exchange2007, findings });
  assert.ok(page.length < 3_000_000, `${page.length}`);
  assert.equal([...page.matchAll(/<article/g)].length, 1);
});
