import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bounce, hostileBounce } from '../../test/reports/bounce.ts';
import { HOSTILE } from '../../test/reports/hostile.ts';
import { BOUNCE_REASONS, DISCLOSURE_KINDS } from '../finding/ndr-report.ts';
import { BOUNCE_REASON_WORDS, DISCLOSURE_WORDS } from './bounce-words.ts';
import { columnsOf } from './columns.ts';
import { renderNdr } from './ndr-text.ts';

const textOf = (report: typeof bounce, options?: Parameters<typeof renderNdr>[1]) =>
  [...renderNdr(report, options)].join('\n');
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Cs}/u;

test('it says what happened, to whom, and in whose words', () => {
  const text = textOf(bounce);
  assert.match(
    text,
    /^bounce\.eml\n─+\nA message was not delivered\.\nTold by mail\.contoso\.example, which runs Microsoft/,
  );
  assert.match(
    text,
    /nobody@contoso\.example\n +not delivered: the mailbox does not exist \(userunknown, 550, 5\.1\.1\)/,
  );
  assert.match(text, /RESOLVER\.ADR\.RecipNotFound/);
  assert.match(text, /tried by EXCH01\.corp\.contoso\.example/);
});

test('hops stand in order, with delay, TLS and doubts', () => {
  const text = textOf(bounce);
  assert.match(text, /The way it took +1 with doubts/);
  assert.match(text, / 1 +laptop \[10\.0\.0\.12\] → EXCH01/);
  assert.match(text, / 2 \+2 h +EXCH01\.corp\.contoso\.example \[10\.0\.0\.5\] →/);
  assert.match(text, /ESMTPS · TLSv1\.0 · Microsoft SMTP Server/);
  assert.match(text, /! the hop before ends at another name/);
});

test('what is given away comes worst first, once a rule, with the remedy of that product', () => {
  const text = textOf(bounce);
  assert.ok(text.indexOf('MEDIUM') < text.indexOf('LOW'));
  assert.equal(text.split('They draw a map').length, 2);
  assert.match(text, /internal host {5}EXCH01/);
  assert.match(text, /Remedy for Exchange: Turn the header firewall on\./);
  assert.doesNotMatch(text, /mail_name/);
  assert.match(textOf({ ...bounce, disclosures: [] }), /Nothing that was recognised\./);
});

test('every reason and kind has words', () => {
  for (const reason of BOUNCE_REASONS) assert.ok(BOUNCE_REASON_WORDS[reason].length > 0);
  for (const kind of DISCLOSURE_KINDS) assert.ok(DISCLOSURE_WORDS[kind].length > 0);
});

test('hostile strings neither act nor widen the page', () => {
  const pasted = /^ {16}/;
  fc.assert(
    fc.property(
      fc.oneof(fc.constant(HOSTILE), fc.string({ unit: 'binary', maxLength: 80 })),
      fc.integer({ min: 40, max: 100 }),
      fc.boolean(),
      (hostile, width, verbose) => {
        for (const line of renderNdr(hostileBounce(hostile), { width, verbose })) {
          assert.doesNotMatch(line, FORBIDDEN);
          if (!pasted.test(line)) assert.ok(columnsOf(line) <= width, line);
        }
      },
    ),
    { numRuns: 60 },
  );
});
