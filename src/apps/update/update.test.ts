import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { kev, nvd } from '../../../test/harness/feed-samples.ts';
import { embeddedHoles } from '../../knowledge/load-vulnerabilities.ts';
import { vulnerabilitiesOf } from '../../platform/vulnerable.ts';
import { applyFeeds, shrunken } from './apply.ts';
import { feedContext } from './context.ts';
import type { FeedReading } from './feed.ts';
import { EMPTY_OVERLAY, layOver, mergeRow } from './overlay.ts';
import { readFeed } from './read-feed.ts';

const base = embeddedHoles();
const context = feedContext(base);
const NOW = '2026-11-25T08:00:00.000Z';

function read(value: unknown): FeedReading {
  return readFeed(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), context);
}

function laid(...feeds: readonly unknown[]) {
  const batches = feeds.map((value) => {
    const reading = read(value);
    assert.ok(reading.ok, reading.ok ? '' : reading.why);
    return { feed: reading.feed, parts: [reading.rows], whole: true };
  });
  return layOver(base, applyFeeds(EMPTY_OVERLAY, batches, NOW));
}

function statusOf(knowledge: ReturnType<typeof laid>, product: string, version: string, id: string) {
  const answer = vulnerabilitiesOf({ product, version, subject: 'x' }, knowledge, '2026-11-25');
  return answer.vulnerabilities.find((hole) => hole.id === id);
}

test('a new hole of NVD is judged by its range, with its score and one line of its text', () => {
  const knowledge = laid(nvd('CVE-2026-99999', { versionStartIncluding: '4.97', versionEndExcluding: '4.99.9' }));
  const hole = statusOf(knowledge, 'exim', '4.98', 'CVE-2026-99999');
  assert.equal(hole?.status, 'affected');
  assert.equal(hole?.severity, 'critical');
  assert.equal(hole?.unauthenticated, true);
  assert.equal(hole?.gain, 'A made-up hole in the queue.');
  assert.equal(statusOf(knowledge, 'exim', '4.99.9', 'CVE-2026-99999')?.status, 'not-affected');
});

test('a record without CPE names is read by the ranges of the vendor', () => {
  const affected = [
    {
      affectedData: [
        {
          vendor: 'Open-Xchange GmbH',
          product: 'OX Dovecot CE',
          versions: [{ version: '2.4.0', lessThan: '2.4.9', status: 'affected' }],
        },
      ],
    },
  ];
  const knowledge = laid(nvd('CVE-2026-99998', {}, { configurations: [], affected }));
  assert.equal(statusOf(knowledge, 'dovecot', '2.4.5', 'CVE-2026-99998')?.fixedIn, '2.4.9');
});

test('a record of the CVE list is taken like one of NVD', () => {
  const versions = [{ version: '0', lessThan: '3.11.9', status: 'affected' }];
  const knowledge = laid({
    dataType: 'CVE_RECORD',
    cveMetadata: { cveId: 'CVE-2026-99997', state: 'PUBLISHED', datePublished: '2026-11-01T00:00:00Z' },
    containers: {
      cna: {
        affected: [{ vendor: 'Postfix', product: 'Postfix', versions }],
        descriptions: [{ lang: 'en', value: 'x' }],
      },
    },
  });
  assert.equal(statusOf(knowledge, 'postfix', '3.10.1', 'CVE-2026-99997')?.status, 'affected');
});

test('a feed never takes a curated range away, with or without ranges of its own', () => {
  const before = statusOf(laid(kev('CVE-2018-6789')), 'exim', '4.90_1', 'CVE-2018-6789');
  assert.equal(before?.status, 'not-affected');
  const wider = laid(nvd('CVE-2018-6789', { versionEndExcluding: '9.9' }), nvd('CVE-2018-6789', {}));
  assert.equal(statusOf(wider, 'exim', '4.90_1', 'CVE-2018-6789')?.status, 'not-affected');
  const row = { id: 'CVE-1', sources: ['a'], ranges: [{ fixed: '2' }] };
  assert.deepEqual(mergeRow(row, { id: 'CVE-1', sources: ['b'], ranges: [] }).ranges, row.ranges);
});

test('the catalogue of exploited holes sets the flag, and a hole of unknown score becomes high', () => {
  const known = statusOf(laid(kev('CVE-2025-67896')), 'exim', '4.98', 'CVE-2025-67896');
  assert.equal(known?.knownExploited, true);
  assert.equal(statusOf(laid(kev('CVE-2021-10001')), 'exim', '4.98', 'CVE-2025-67896')?.knownExploited, false);
});

test("Debian's tracker decides for a revision: mended, open, and never there", () => {
  const release = (told: object) => ({
    releases: { bookworm: { urgency: 'x', repositories: { bookworm: '3.7.11-0+deb12u1' }, ...told } },
  });
  const knowledge = laid({
    postfix: {
      'CVE-2026-43964': release({ status: 'resolved', fixed_version: '3.7.11-0+deb12u2' }),
      'CVE-2026-90001': release({ status: 'open' }),
      'CVE-2026-90002': release({ status: 'resolved', fixed_version: '0' }),
    },
  });
  const judged = (revision: string) => {
    const question = { product: 'postfix', package: { source: 'postfix', revision }, subject: 'x' };
    const { vulnerabilities } = vulnerabilitiesOf(question, knowledge, '2026-11-25');
    return new Map(vulnerabilities.map((hole) => [hole.id, hole.status]));
  };
  assert.equal(judged('3.7.11-0+deb12u1').get('CVE-2026-43964'), 'affected');
  assert.equal(judged('3.7.11-0+deb12u2').get('CVE-2026-43964'), 'not-affected');
  assert.equal(judged('3.7.11-0+deb12u1').get('CVE-2026-90001'), 'affected');
  assert.equal(judged('3.7.11-0+deb12u1').get('CVE-2026-90002'), 'not-affected');
});

test("Microsoft's list brings the line, the build and its name", () => {
  const entry = (product: string, build: string) => ({
    cveNumber: 'CVE-2026-99996',
    product,
    releaseDate: '2026-11-10T08:00:00-07:00',
    impact: 'Remote Code Execution',
    kbArticles: [{ articleName: '5199999', fixedBuildNumber: build }],
  });
  const knowledge = laid({
    '@odata.count': 2,
    value: [
      entry('Microsoft Exchange Server 2019 Cumulative Update 15', '15.02.1748.099'),
      entry('Microsoft Exchange Server Subscription Edition RTM', '15.02.2562.099'),
    ],
  });
  assert.equal(statusOf(knowledge, 'exchange', '15.2.1748.49', 'CVE-2026-99996')?.status, 'affected');
  assert.equal(statusOf(knowledge, 'exchange', '15.2.2562.99', 'CVE-2026-99996')?.status, 'not-affected');
  const named = vulnerabilitiesOf(
    { product: 'exchange', version: 'SE RTM Nov26SU', subject: 'x' },
    knowledge,
    '2026-11-25',
  );
  assert.ok(named.build !== null && 'kb' in named.build && named.build.kb === 'KB5199999');
});

test('OSV knows Debian by its number and other packages by their registry', () => {
  const knowledge = laid({
    vulns: [
      {
        id: 'GHSA-0000',
        aliases: ['CVE-2026-99995'],
        affected: [
          {
            package: { ecosystem: 'Packagist', name: 'roundcube/roundcubemail' },
            ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '1.7.0' }, { fixed: '1.7.9' }] }],
          },
        ],
      },
    ],
  });
  assert.equal(statusOf(knowledge, 'roundcube', '1.7.3', 'CVE-2026-99995')?.fixedIn, '1.7.9');
});

test('support dates and scores are laid over what is known', () => {
  const knowledge = laid(
    {
      schema_version: '1.2.1',
      result: { name: 'exim', releases: [{ name: '4.99', isEol: true, eolFrom: '2026-11-01' }] },
    },
    '#model_version:v1,score_date:2026-11-24T00:00:00+0000\ncve,epss,percentile\nCVE-2025-67896,0.25,0.9\nCVE-1999-99999,0.5,0.9\n',
  );
  const answer = vulnerabilitiesOf({ product: 'exim', version: '4.99.0', subject: 'x' }, knowledge, '2026-11-25');
  assert.equal(answer.supportEnded, '2026-11-01');
  assert.equal(answer.vulnerabilities.find((hole) => hole.id === 'CVE-2025-67896')?.epss, 0.25);
});

/** Feeds that are not believed, and what is said. */
const hostile: readonly (readonly [string, Uint8Array | string | object, RegExp])[] = [
  ['empty', '', /empty/],
  ['blank', '  \n', /empty/],
  ['cut off', JSON.stringify(kev('CVE-2026-10001', 'CVE-2026-10002')).slice(0, -20), /no whole JSON/],
  ['with fewer entries than it says', { ...kev('CVE-2026-10001'), count: 1700 }, /says that it holds 1700/],
  ['without entries', kev(), /no entries/],
  ['with an id that is none', kev('CVE-2026-1; rm -rf'), /not the shape/],
  ['with a number for a list', { catalogVersion: 'x', count: 1, vulnerabilities: 7 }, /not the shape/],
  ['a list of nothing known', [1, 2, 3], /no feed that is known/],
  ['HTML', '<!doctype html><title>Login</title>', /no whole JSON/],
  ['bytes that are no text', Uint8Array.of(0x7b, 0xff, 0xfe), /no UTF-8/],
  ['packed and cut off', gzipSync('{"a":1}').subarray(0, 15), /./],
  [
    'a score of 7',
    { 'status-code': 200, total: 1, data: [{ cve: 'CVE-2026-10001', epss: '7', date: '2026-11-24' }] },
    /between 0 and 1/,
  ],
  [
    'EPSS cut off in a row',
    '#model_version:v1,score_date:2026-11-24T00:00:00+0000\ncve,epss,percentile\nCVE-2025-67896,0.2',
    /cut off/,
  ],
  ['NVD with more than it says', { ...nvd('CVE-2026-99999', {}), totalResults: 0 }, /0 entries in all/],
];
for (const [what, bytes, why] of hostile) {
  test(`a feed that is ${what} is refused`, () => {
    const reading = bytes instanceof Uint8Array ? readFeed(bytes, context) : read(bytes);
    assert.ok(!reading.ok);
    assert.match(reading.why, why);
  });
}

test('the reason for a refusal is one line without the control characters of the feed', () => {
  for (const text of ['<html>\n\u001b]0;x\u0007', '{"catalogVersion":1,"vulnerabilities":[{"\u001b[2J\n":1}]}']) {
    const reading = read(text);
    assert.ok(!reading.ok);
    assert.doesNotMatch(reading.why, /\p{C}/u);
    assert.ok(reading.why.length <= 300);
  }
});

test('a packed bomb and a name that would change every object do no harm', () => {
  const packed = gzipSync(Buffer.alloc(200 * 1024 * 1024));
  const bomb = readFeed(packed, context);
  assert.ok(!bomb.ok);
  assert.match(bomb.why, /unpacks to more/);
  assert.ok(!read('{"__proto__":{"polluted":1},"catalogVersion":1}').ok);
  assert.equal(({} as { polluted?: number }).polluted, undefined);
});

test('a feed that has shrunk is not believed', () => {
  const ten = Array.from({ length: 10 }, (_, at) => `CVE-2026-1000${at}`);
  const batch = (ids: readonly string[]) => {
    const reading = read(kev(...ids));
    assert.ok(reading.ok);
    return { feed: reading.feed, parts: [reading.rows], whole: true };
  };
  const overlay = applyFeeds(EMPTY_OVERLAY, [batch(ten)], NOW);
  assert.equal(shrunken(overlay, batch(ten.slice(0, 9))), null);
  assert.match(shrunken(overlay, batch(ten.slice(0, 3))) ?? '', /shrunk from 10 entries to 3/);
});
