import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTarget } from './target.ts';

const good: readonly (readonly [string, string])[] = [
  ['example.com', 'domain example.com'],
  [' EXAMPLE.com. ', 'domain example.com'],
  ['bücher.example', 'domain xn--bcher-kva.example'],
  ['_dmarc.example.com', 'domain _dmarc.example.com'],
  ['mx.example.com:25', 'server mx.example.com 25'],
  ['127.0.0.1:2525', 'server 127.0.0.1 2525'],
  ['[::1]:25', 'server ::1 25'],
];

for (const [text, meant] of good) {
  test(`${JSON.stringify(text)} is ${meant}`, () => {
    const target = parseTarget(text);
    assert.ok('kind' in target);
    assert.equal(target.kind === 'domain' ? `domain ${target.domain}` : `server ${target.host} ${target.port}`, meant);
  });
}

const bad: readonly (readonly [string, RegExp])[] = [
  ['', /no domain/],
  ['.', /no domain/],
  ['a..b', /no domain/],
  [`${'a'.repeat(64)}.example`, /no domain/],
  ['-x.example', /no domain/],
  ['exa mple.com', /no domain/],
  ['alice@example.com', /its domain: example\.com/],
  ['https://example.com/x', /for example example\.com/],
  ['192.0.2.1', /192\.0\.2\.1:25/],
  ['2001:db8::1', /\[2001:db8::1\]:25/],
  ['mx.example.com:70000', /port/],
  ['mx.example.com:0', /port/],
];

for (const [text, why] of bad) {
  test(`${JSON.stringify(text.slice(0, 30))} is refused with the way out`, () => {
    const target = parseTarget(text);
    assert.ok('fault' in target);
    assert.match(target.fault, why);
  });
}
