import assert from 'node:assert/strict';
import { test } from 'node:test';
import { htmlToText } from './plain-text.ts';

const table: readonly (readonly [html: string, text: string])[] = [
  ['<p>one</p>\n<p> two <b>three</b></p>', '\none\n\ntwo three\n'],
  ['a<br> b', 'a\nb'],
  ['<pre>a\n  b</pre>', '\na\n  b\n'],
  ['<style>p { }</style>550 &lt;a@b.example&gt;&nbsp;unknown', '550 <a@b.example> unknown'],
  ['to <a@b.example> failed', 'to <a@b.example> failed'],
  ['<script>alert(1)', ''],
];

for (const [html, text] of table)
  test(`${html} reads as lines`, () => assert.equal(htmlToText(html).replace(/^\n+/, '\n'), text));

/** Processor time of this process for one reading, in milliseconds. */
function cost(html: string): number {
  const before = process.cpuUsage();
  htmlToText(html);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

test('many small blocks cost no more than their number', () => {
  const few = cost('<p>x'.repeat(8_000)) + 10;
  assert.ok(cost('<p>x'.repeat(100_000)) < 40 * few, 'twelve times the text');
});
