import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { exchange2007 } from '../../test/reports/exchange-2007.ts';
import { HOSTILE, hostileReport } from '../../test/reports/hostile.ts';
import { postfix } from '../../test/reports/postfix.ts';
import { noSuchDomain, silentServer } from '../../test/reports/unreachable.ts';
import type { Report } from '../finding/report.ts';
import { columnsOf } from './columns.ts';
import { renderText, type TextOptions } from './text.ts';

const textOf = (report: Report, options?: TextOptions) => [...renderText(report, options)].join('\n');
const FORBIDDEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Cs}/u;

test('the verdict comes first, what to do next comes last', () => {
  const lines = [...renderText(exchange2007)];
  assert.match(lines[0]!, /^contoso\.example +F {2}0\/100$/);
  assert.equal(lines[2], 'Act today: attackers use a hole that this server has.');
  assert.match(lines.at(-1)!, /mailward scan contoso\.example --depth intrusive .*--compare last$/);
});

test('servers are named with the reason', () => {
  const text = textOf(exchange2007, { width: 100 });
  assert.match(text, /192\.0\.2\.25:25 +Microsoft Exchange Server 2007 \(8\.0 or later and before 8\.4\)/);
  assert.match(text, /certain, 97 %: greeting "Microsoft ESMTP MAIL Service ready at"/);
  assert.match(text, /\[2001:db8::25\]:25 +not reached/);
});

test('findings come worst first, each with its evidence and the remedy of that product, ready to paste', () => {
  const text = textOf(exchange2007);
  const at = (words: string) => {
    const place = text.indexOf(words);
    assert.notEqual(place, -1, words);
    return place;
  };
  assert.ok(at('CRITICAL  The server relays') < at('HIGH      Passwords may'));
  assert.ok(at('HIGH      STARTTLS') < at('MEDIUM    DMARC'));
  assert.match(text, /C: RCPT TO:<probe@example\.org>\n +S: 250 2\.1\.5 Recipient OK/);
  assert.match(text, /Remedy for Exchange: Offer Basic/);
  assert.match(
    text,
    /^ +Set-ReceiveConnector "Default MAIL" -AuthMechanism Tls,Integrated,BasicAuth,BasicAuthRequireTLS$/m,
  );
  assert.doesNotMatch(text, /smtpd_tls_auth_only/, 'no remedy for a product that is not there');
});

test('a fault of several servers is told once', () => {
  const text = textOf(exchange2007);
  assert.equal(text.split('Product and version are given away').length, 2);
  assert.match(text, /mail\.contoso\.example:25 and backup\.contoso\.example:25/);
});

test('long dialogues are shortened, and verbose shows all of them with times', () => {
  assert.match(textOf(exchange2007), /… 7 lines, shown by --verbose/);
  const verbose = textOf(exchange2007, { verbose: true });
  assert.doesNotMatch(verbose, /shown by --verbose/);
  assert.match(verbose, /0\.078 s {2}S: 250-PIPELINING/);
  assert.match(verbose, /smtpd_tls_auth_only/);
  assert.match(verbose, /See RFC 4954 §4, RFC 8314 §3\.3\./);
});

test('holes that attackers use come first; what is not affected is only counted', () => {
  const text = textOf(exchange2007);
  assert.match(text, /Known holes +3 proven by the build · 2 possible · 1 not affected/);
  assert.ok(text.indexOf('CVE-2018-8581') < text.indexOf('CVE-2009-0098'));
  assert.doesNotMatch(text, /CVE-2014-3956/);
  assert.match(textOf(exchange2007, { verbose: true }), /CVE-2014-3956 +not affected/);
  assert.match(text, /CVE-2009-0098[\s\S]*Mended in 8\.1\.340\.1\./);
});

test('what stays unknown is said with the reason, and never called fine', () => {
  for (const report of [noSuchDomain, silentServer]) {
    const text = textOf(report);
    assert.match(text, /Could not be looked at/);
    assert.doesNotMatch(text, /good order|Nothing needs/);
  }
  assert.match(textOf(noSuchDomain), /MX of gone\.example +the name does not exist: check the spelling/);
});

test('a clean server gets a short letter', () => {
  const lines = [...renderText(postfix)];
  assert.equal(lines[2], 'In good order. Nothing needs mending.');
  assert.ok(lines.length < 30);
});

test('no line is wider than the page, save what is to be pasted', () => {
  const pasted = new Set(
    [...exchange2007.findings, ...postfix.findings]
      .flatMap(({ rule }) => rule.remedy)
      .flatMap(({ config }) => config?.split('\n') ?? [])
      .map((line) => line.trim()),
  );
  for (const report of [exchange2007, postfix, noSuchDomain, silentServer])
    for (const width of [40, 63, 80, 100])
      for (const verbose of [false, true])
        for (const line of renderText(report, { width, verbose }))
          if (!pasted.has(line.trim()) && !line.trim().startsWith('mailward scan'))
            assert.ok(columnsOf(line) <= width, `${columnsOf(line)} > ${width}: ${line}`);
});

test('hostile strings neither act nor break the page', () => {
  for (const verbose of [false, true])
    for (const line of renderText(hostileReport(), { verbose })) assert.doesNotMatch(line, FORBIDDEN);
  assert.match(textOf(hostileReport()), /\\x1b\[2J.*<script>/);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.integer({ min: -5, max: 300 }), (text, width) => {
      for (const line of renderText(hostileReport(text), { width, verbose: true }))
        assert.doesNotMatch(line, FORBIDDEN);
    }),
    { numRuns: 60 },
  );
});

test('colour changes nothing but colour', () => {
  for (const report of [exchange2007, postfix, hostileReport(HOSTILE.repeat(3))]) {
    const plain = textOf(report);
    const coloured = textOf(report, { colour: true });
    assert.equal(stripVTControlCharacters(coloured), plain);
    assert.doesNotMatch(plain, /\x1b/);
  }
});

test('a target that is not plain is quoted in the command', () => {
  assert.match(textOf({ ...postfix, target: "a'b;rm" }), /mailward scan 'a'\\''b;rm' --compare last/);
});
